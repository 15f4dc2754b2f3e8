/** @module */
import { defineLint } from "../../define.ts";
import { headOf, pairs } from "./_instances.ts";

const conf = (peers: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110${peers}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;
const peers = (own: string, other: string) => `
    unicast_src_ip ${own}
    unicast_peer {
        ${other}
    }`;

/** One speaks to everybody, the other to one address. */
export const transportDiffers = defineLint({
  code: "transport-differs",
  severity: "error",
  title: "unicast on one member and multicast on another",
  why:
    "A member with `unicast_peer` sends to those addresses and listens to them; one without sends to " +
    "the multicast group and listens there. They never hear each other, and each holds the address.",
  err: {
    files: {
      "lb1/keepalived.conf": conf(peers("10.0.0.11", "10.0.0.12")),
      "lb2/keepalived.conf": conf(""),
    },
    says: "lb2/keepalived.conf:1:15: lb1 and lb2 both hold the address: lb1 speaks unicast and " +
      "lb2 multicast, so they never hear each other [transport-differs]\n" +
      "   hint: write unicast_src_ip and unicast_peer on every member, and change all of " +
      "them together",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf(peers("10.0.0.11", "10.0.0.12")),
      "lb2/keepalived.conf": conf(peers("10.0.0.12", "10.0.0.11")),
    },
  },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      const [one, other] = [a, b].map(({ instance }) => instance.peers.length > 0);
      if (one === other) continue;
      const [uni, multi] = one ? [a, b] : [b, a];
      yield {
        message:
          `${a.node.name} and ${b.node.name} both hold the address: ${uni.node.name} speaks ` +
          `unicast and ${multi.node.name} multicast, so they never hear each other`,
        source: headOf(multi),
        hint:
          "write unicast_src_ip and unicast_peer on every member, and change all of them together",
        setting: ["vrrp", "mode"],
      };
    }
  },
});
