/** @module */
import { allOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { atLeast } from "../../endpoint/version.ts";
import { filesOf } from "./_instances.ts";

const conf = (interval: string) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    interval ${interval}
}
`;

/** Script times below a second came with version 2.3. */
export const intervalFraction = defineLint({
  code: "interval-fraction",
  severity: "error",
  title: "a script interval below a second before version 2.3",
  why:
    "Before version 2.3 the `interval` and `timeout` of a script are whole seconds. Keepalived " +
    "rejects anything else, says so in its log and takes the default: the check runs once a second. " +
    "Where nobody says which version it is, this is a warning.",
  err: {
    files: { "lb1/keepalived.conf": conf("0.2") },
    versions: { keepalived: "2.2.7" },
    says: `lb1/keepalived.conf:3:14: "check_haproxy" keeps its default: Keepalived 2.2.7 knows ` +
      `whole seconds only and drops "interval 0.2" [interval-fraction]\n` +
      `   hint: write whole seconds, "interval 1"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("1") }, versions: { keepalived: "2.2.7" } },
  *check({ nodes, endpoint }) {
    for (const { node, vrrp } of filesOf(nodes)) {
      const version = node.versions.keepalived;
      // What is rendered goes by the version that is found.
      if (version === undefined ? endpoint !== undefined : atLeast(version, "2.3")) continue;
      for (const { name, block } of vrrp.scripts) {
        for (const key of ["interval", "timeout"]) {
          const word = allOf(block, key).at(-1)?.words[1];
          if (!word || !/^\d*\.\d+$/.test(word.text)) continue;
          yield {
            message: `"${name.text}" keeps its default: Keepalived ${version ?? "before 2.3"} ` +
              `knows whole seconds only and drops "${key} ${word.text}"`,
            source: word.source,
            hint: `write whole seconds, "${key} 1"` +
              (version === undefined ? ", or say which it is with --keepalived-version" : ""),
            ...(version === undefined && { severity: "warning" as const }),
          };
        }
      }
    }
  },
});
