/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { filesOf, whole } from "./_instances.ts";

const conf = (user: string) =>
  `global_defs {
    enable_script_security${user}
}
vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
}
`;

/** Scripts are to run as a user that no package makes. */
export const scriptUser = defineLint({
  code: "script-user",
  severity: "warning",
  title: "script security without a user for the scripts",
  why: "Without `script_user` scripts run as `keepalived_script`. Debian's package makes no such " +
    "user. Where it does not exist and script security is on, Keepalived removes the script and goes " +
    "on without it: the address then stays on a host whose check would have failed.",
  err: {
    files: { "lb1/keepalived.conf": conf("") },
    says: `lb1/keepalived.conf:2:5: warning: the check "check_haproxy" is removed where there ` +
      "is no user keepalived_script: scripts run as that one when global_defs has no " +
      "script_user [script-user]\n" +
      `   hint: write "script_user USER" with a user that exists`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("\n    script_user root") } },
  *check({ nodes }) {
    for (const { file, vrrp: { globals, scripts } } of filesOf(nodes)) {
      const security = lastOf(globals, "enable_script_security")?.words[0];
      const orphan = scripts.find((it) => it.command && !lastOf(it.block, "user"));
      if (!security || !orphan || !whole(file) || lastOf(globals, "script_user")) continue;
      yield {
        message: `the check "${orphan.name.text}" is removed where there is no user ` +
          `keepalived_script: scripts run as that one when global_defs has no script_user`,
        source: security.source,
        hint: 'write "script_user USER" with a user that exists',
      };
    }
  },
});
