/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { atLeast } from "../../endpoint/version.ts";
import { filesOf } from "./_instances.ts";

const conf = (more: string) =>
  `global_defs {
    enable_script_security
    script_user keepalived_script${more}
}
vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
}
`;

/** A check before a reload that ends itself. */
export const reloadCheck = defineLint({
  code: "reload-check",
  severity: "error",
  title: "reload_check_config on a version whose check ends itself",
  why:
    "From version 2.2.5 to 2.2.7 `keepalived -t` ends itself with SIGTERM on a valid file whenever a " +
    "script runs as another user than root. `reload_check_config` runs that test before each reload, " +
    "takes its end for a mistake, and the reload does not happen. Measured on 2.2.7. Where nobody says " +
    "which version it is, this is a warning.",
  err: {
    files: { "lb1/keepalived.conf": conf("\n    reload_check_config") },
    versions: { keepalived: "2.2.7" },
    says: "lb1/keepalived.conf:4:5: no reload of this host ever takes effect: " +
      "reload_check_config of Keepalived 2.2.7 ends itself where a script runs as another " +
      "user than root [reload-check]\n" +
      `   hint: remove "reload_check_config"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("") }, versions: { keepalived: "2.2.7" } },
  *check({ nodes, endpoint }) {
    for (const { node, vrrp: { globals, scripts } } of filesOf(nodes)) {
      const word = lastOf(globals, "reload_check_config")?.words[0];
      const version = node.versions.keepalived;
      const asRoot = lastOf(globals, "script_user")?.words[1]?.text === "root";
      if (!word || scripts.length === 0 || asRoot) continue;
      // What is rendered goes by the version that is found.
      if (version === undefined && endpoint !== undefined) continue;
      if (version && (!atLeast(version, "2.2.5") || atLeast(version, "2.2.8"))) continue;
      yield {
        message: `no reload of this host ever takes effect: reload_check_config of Keepalived ` +
          `${
            version ?? "2.2.5 to 2.2.7"
          } ends itself where a script runs as another user than root`,
        source: word.source,
        hint: 'remove "reload_check_config"' +
          (version === undefined ? ", or say which it is with --keepalived-version" : ""),
        ...(version === undefined && { severity: "warning" as const }),
      };
    }
  },
});
