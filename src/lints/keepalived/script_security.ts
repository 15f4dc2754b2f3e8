/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import type { Script } from "../../configs/vrrp.ts";
import { filesOf, whole } from "./_instances.ts";

const conf = (globals: string) =>
  `global_defs {
    router_id lb1${globals}
}
vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
}
`;

/** Check scripts run as root, whoever may write to them. */
export const scriptSecurity = defineLint({
  code: "script-security",
  severity: "warning",
  title: "scripts that nobody checks before they run",
  why:
    "Without `enable_script_security` Keepalived runs every script, also one that other users can " +
    "replace, and as root where no user `keepalived_script` exists. Its own test of the " +
    "configuration then ends with 6 and `SECURITY VIOLATION`, so that no other mistake is found by it.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: "lb1/keepalived.conf:5:12: warning: whoever can write to a script of this host has " +
      `it run as root, and "keepalived -t" ends with 6: global_defs has no ` +
      "enable_script_security [script-security]\n" +
      `   hint: write "enable_script_security" and "script_user keepalived_script" into ` +
      "global_defs",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf(
        "\n    enable_script_security\n    script_user keepalived_script",
      ),
    },
  },
  *check({ nodes }) {
    for (const { file, vrrp: { globals, scripts } } of filesOf(nodes)) {
      const command = scripts.find((it) => it.command)?.command;
      if (!command || !whole(file) || lastOf(globals, "enable_script_security")) continue;
      const user = users(scripts, lastOf(globals, "script_user")?.words[1]?.text);
      const as = user === undefined ? "as root" : `as ${user}`;
      yield {
        message: `whoever can write to a script of this host has it run ${as}, and ` +
          `"keepalived -t" ends with 6: global_defs has no enable_script_security`,
        source: command.source,
        hint: 'write "enable_script_security" and "script_user keepalived_script" into global_defs',
      };
    }
  },
});

/**
 * Who scripts run as, where one names nobody the file's own user. Unset: one of them runs as root.
 */
function users(scripts: readonly Script[], own = "root"): string | undefined {
  const names = scripts.filter(({ command }) => command)
    .map(({ block }) => lastOf(block, "user")?.words[1]?.text ?? own);
  return names.includes("root") ? undefined : [...new Set(names)].join(", ");
}
