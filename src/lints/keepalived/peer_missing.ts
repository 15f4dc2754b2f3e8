/** @module */
import { defineLint } from "../../define.ts";
import { isAmong } from "./_addresses.ts";
import { pairs, type Placed } from "./_instances.ts";

const conf = (own: string, other: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    unicast_src_ip ${own}
    unicast_peer {
        ${other}
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A member that another one does not speak to. */
export const peerMissing = defineLint({
  code: "peer-missing",
  severity: "error",
  title: "a member that is not among another one's unicast peers",
  why:
    "Adverts go to the addresses of `unicast_peer` and nowhere else. A member that is not in the " +
    "holder's list hears no holder and takes the address too, without a message on either host: two " +
    "hosts hold it until the list is mended.",
  err: {
    files: {
      "lb1/keepalived.conf": conf("10.0.0.11", "10.0.0.21"),
      "lb2/keepalived.conf": conf("10.0.0.12", "10.0.0.11"),
    },
    says: "lb1/keepalived.conf:6:9: lb2 takes the address beside lb1: it never hears it, as " +
      "its address 10.0.0.12 is not among the unicast peers of lb1 [peer-missing]\n" +
      "   hint: write 10.0.0.12 into the unicast_peer block of lb1",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf("10.0.0.11", "10.0.0.12"),
      "lb2/keepalived.conf": conf("10.0.0.12", "10.0.0.11"),
    },
  },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      yield* lacking(a, b);
      yield* lacking(b, a);
    }
  },
});

/** What `a` lacks to be heard by `b`, whose address is known. */
function* lacking(a: Placed, b: Placed) {
  const { peers } = a.instance;
  const own = b.instance.unicastSource?.text;
  // A name or a hole among the peers can be anybody.
  if (own === undefined || peers.some(({ text }) => !/^[\da-f.:]+$/i.test(text))) return;
  const [first] = peers;
  if (!first || b.instance.peers.length === 0 || isAmong(own, peers.map(({ text }) => text))) {
    return;
  }
  yield {
    message: `${b.node.name} takes the address beside ${a.node.name}: it never hears it, as its ` +
      `address ${own} is not among the unicast peers of ${a.node.name}`,
    source: first.source,
    hint: `write ${own} into the unicast_peer block of ${a.node.name}`,
  };
}
