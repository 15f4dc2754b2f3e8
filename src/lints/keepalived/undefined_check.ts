/** @module */
import { defineLint } from "../../define.ts";
import { filesOf, meantScript, whole } from "./_instances.ts";

const script = `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
}
`;
const instance = `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    track_script {
        check_haproxy
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** What is tracked must be defined above. */
export const undefinedCheck = defineLint({
  code: "undefined-check",
  severity: "error",
  title: "a check that is defined below the instance, or nowhere",
  why:
    "Keepalived reads once, from top to bottom. A script, file or process that an instance tracks " +
    "and that is not defined yet is `not found, ignoring`: the check is gone, and the host holds the " +
    "address whatever happens to HAProxy.",
  err: {
    files: { "lb1/keepalived.conf": instance + script },
    says: `lb1/keepalived.conf:5:9: the address stays on this host whatever "check_haproxy" ` +
      `would say: its definition stands below "VI_1", so Keepalived ignores it ` +
      "[undefined-check]\n" +
      `   hint: move the definition of "check_haproxy" above vrrp_instance`,
  },
  ok: { files: { "lb1/keepalived.conf": script + instance } },
  *check({ nodes }) {
    for (const { file, vrrp } of filesOf(nodes)) {
      const { instances, groups } = vrrp;
      const all = [
        ...instances.map((it) => ({ ...it, block: "vrrp_instance", moves: "the address stays" })),
        ...groups.map((it) => ({ ...it, block: "vrrp_sync_group", moves: "the addresses stay" })),
      ];
      for (const { name: at, tracked, block, moves } of all) {
        for (const { kind, name, defined } of tracked) {
          if (defined === "above" || (defined === "nowhere" && !whole(file))) continue;
          const where = defined === "below"
            ? `its definition stands below "${at.text}"`
            : `no ${kind} of this name is defined`;
          const meant = kind === "script" ? meantScript(vrrp, name.text)?.name.text : undefined;
          yield {
            message: `${moves} on this host whatever "${name.text}" would say: ${where}, ` +
              "so Keepalived ignores it",
            source: name.source,
            hint: defined === "below"
              ? `move the definition of "${name.text}" above ${block}`
              : meant === undefined
              ? `define "${name.text}" above ${block}`
              : `write "${meant}", which nothing tracks, or define "${name.text}" above ${block}`,
          };
        }
      }
    }
  },
});
