/** @module */
import { allOf } from "../../configs/keepalived.ts";
import type { Instance } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { groupTracks, headOf, placed, synced, whole } from "./_instances.ts";

const conf = (track: string) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        10.0.0.10/24
    }${track}
}
`;

/** An address that does not care for HAProxy. */
export const untracked = defineLint({
  code: "untracked",
  severity: "error",
  title: "an address that follows no check of HAProxy",
  why:
    "Keepalived moves an address when the host or its link dies. That HAProxy has died it only " +
    "learns from a check that the instance tracks. Without one the address stays, and every client " +
    "is refused until somebody starts HAProxy again.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:4:15: the address stays on this host when HAProxy dies, and " +
      `clients are refused: "VI_1" tracks no check [untracked]\n` +
      "   hint: write a track_script block into it, with a vrrp_script above that asks " +
      "HAProxy",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf("\n    track_script {\n        check_haproxy\n    }"),
    },
  },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { file, instance } = one;
      // Keepalived that balances by itself (LVS) has nothing to track.
      const balances = allOf(file.statements, "virtual_server").length > 0;
      const checks = ({ tracked, block }: Instance) =>
        tracked.some(({ kind }) => kind !== "interface") ||
        block.some(({ words }) => words[0]?.text === "track_bfd");
      // A fault of one takes along all that are in a group with it.
      const checked = [instance, ...synced(one)].some(checks) || groupTracks(one);
      if (checked || balances || !whole(file) || instance.addresses.length === 0) continue;
      yield {
        message: `the address stays on this host when HAProxy dies, and clients are refused: ` +
          `"${instance.name.text}" tracks no check`,
        source: headOf(one),
        hint: "write a track_script block into it, with a vrrp_script above that asks HAProxy",
      };
    }
  },
});
