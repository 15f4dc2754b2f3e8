/** @module */
import { defineLint } from "../../define.ts";
import { placed, whole } from "./_instances.ts";

const conf = (source: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110${source}
    unicast_peer {
        10.0.0.12
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Unicast without an address to speak from. */
export const unicastSource = defineLint({
  code: "unicast-source",
  severity: "warning",
  title: "unicast peers without unicast_src_ip",
  why:
    "Without `unicast_src_ip` Keepalived speaks from the first address of the interface. Which one " +
    "that is may change with the next address that somebody adds, and the other members then hear " +
    "adverts from an address that they do not know.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:5:9: warning: this host may speak to its peers from an address " +
      "that they do not expect: it takes the first of its interface, as there is no " +
      "unicast_src_ip [unicast-source]\n" +
      `   hint: write "unicast_src_ip" with the address of this host that its peers have`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n    unicast_src_ip 10.0.0.11") } },
  *check({ nodes }) {
    for (const { file, instance } of placed(nodes)) {
      const [peer] = instance.peers;
      if (!peer || instance.unicastSource || !whole(file)) continue;
      yield {
        message: `this host may speak to its peers from an address that they do not expect: it ` +
          "takes the first of its interface, as there is no unicast_src_ip",
        source: peer.source,
        hint: 'write "unicast_src_ip" with the address of this host that its peers have',
      };
    }
  },
});
