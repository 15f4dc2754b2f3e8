/** @module */
import { defineLint } from "../../define.ts";
import { blocksOf } from "../../configs/keepalived.ts";
import { headOf, placed, whole } from "./_instances.ts";

const conf = (peer: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    unicast_src_ip 10.0.0.11
    unicast_peer {${peer}
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Unicast with nobody to speak to is multicast. */
export const noPeers = defineLint({
  code: "no-peers",
  severity: "warning",
  title: "an empty list of unicast peers",
  why: "Keepalived falls back to multicast where `unicast_peer` is empty, unless " +
    "`unicast_fault_no_peer` forbids it (from 2.2.7). Members that speak unicast never hear it.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:5:5: warning: this host speaks multicast though unicast is " +
      "written: its unicast_peer block is empty [no-peers]\n" +
      "   hint: write the addresses of the other members into it, one a line",
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n        10.0.0.12") } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { file, instance } = one;
      const forbids = instance.block.some(({ words }) =>
        words[0]?.text === "unicast_fault_no_peer"
      );
      if (!instance.unicast || instance.peers.length > 0 || !whole(file) || forbids) continue;
      const [list] = blocksOf(instance.block, "unicast_peer");
      yield {
        message:
          `this host speaks multicast though unicast is written: its unicast_peer block is ` +
          "empty",
        source: list?.words[0]?.source ?? headOf(one),
        hint: "write the addresses of the other members into it, one a line",
      };
    }
  },
});
