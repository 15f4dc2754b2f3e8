/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { filesOf, whole } from "./_instances.ts";

const conf = (more: string) =>
  `vrrp_script check_haproxy {${more}
    interval 1
}
`;

/** A check without a command. */
export const scriptMissing = defineLint({
  code: "script-missing",
  severity: "error",
  title: "a check that runs nothing",
  why:
    "Keepalived removes a `vrrp_script` without a `script`, says so in its log and starts. What " +
    "tracks it tracks nothing, and the address stays on a host whose HAProxy is dead.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:1:13: the address stays on this host whatever happens to " +
      `HAProxy: "check_haproxy" has no script, so Keepalived removes it [script-missing]\n` +
      `   hint: write "script" with the whole path of one that ends with 0 while HAProxy ` +
      "answers",
  },
  ok: {
    files: { "lb1/keepalived.conf": conf('\n    script "/etc/keepalived/check_haproxy.sh"') },
  },
  *check({ nodes }) {
    for (const { file, vrrp } of filesOf(nodes)) {
      for (const { name, block } of vrrp.scripts) {
        if (lastOf(block, "script")?.words[1]?.text || !whole(file)) continue;
        yield {
          message:
            `the address stays on this host whatever happens to HAProxy: "${name.text}" has ` +
            "no script, so Keepalived removes it",
          source: name.source,
          hint: 'write "script" with the whole path of one that ends with 0 while HAProxy answers',
        };
      }
    }
  },
});
