/** @module */
import { defineLint } from "../../define.ts";
import { bare, isAmong } from "./_addresses.ts";
import { placed } from "./_instances.ts";

const conf = (...peers: readonly string[]) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    unicast_src_ip 10.0.0.11
    unicast_peer {
        ${peers.join("\n        ")}
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A member that is its own peer. */
export const ownPeer = defineLint({
  code: "own-peer",
  severity: "warning",
  title: "a member among its own unicast peers",
  why:
    "`unicast_peer` lists the others. A list that is the same on every host sends each member its " +
    "own adverts, and hides that one of the others may be missing.",
  err: {
    files: { "lb1/keepalived.conf": conf("10.0.0.11", "10.0.0.12") },
    says: "lb1/keepalived.conf:6:9: warning: this host sends adverts to itself: its own " +
      "address 10.0.0.11 is among its unicast peers [own-peer]\n" +
      "   hint: remove 10.0.0.11 from the unicast_peer block of this host",
  },
  ok: { files: { "lb1/keepalived.conf": conf("10.0.0.12") } },
  *check({ nodes }) {
    for (const { node, instance } of placed(nodes)) {
      const source = instance.unicastSource?.text;
      const own = [...(source === undefined ? [] : [source]), ...node.addresses.map(bare)];
      const self = instance.peers.find(({ text }) => isAmong(text, own));
      if (!self) continue;
      yield {
        message: `this host sends adverts to itself: its own address ${self.text} is among its ` +
          "unicast peers",
        source: self.source,
        hint: `remove ${self.text} from the unicast_peer block of this host`,
      };
    }
  },
});
