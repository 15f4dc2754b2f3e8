/** @module */
import { defineLint } from "../../define.ts";
import { asks } from "./_checks.ts";
import { meantScript, placed } from "./_instances.ts";

const conf = (command: string) =>
  `vrrp_script check_haproxy {
    script "${command}"
    interval 1
}
vrrp_instance VI_1 {
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

/** A check that a hanging HAProxy passes. */
export const blindCheck = defineLint({
  code: "blind-check",
  severity: "warning",
  title: "a check that only asks whether the process exists or the port is open",
  why:
    "`killall -0`, `pidof`, `pgrep` and `systemctl is-active` say that there is a process. One that " +
    "hangs is there too, and the kernel takes connections for it, so that `nc -z` and `ss` see an " +
    "open port: the address stays, and clients wait for an answer that does not come. `killall` is in a package " +
    "of its own (psmisc); where it is missing Keepalived drops the check and goes on without it.",
  err: {
    files: { "lb1/keepalived.conf": conf("/usr/bin/killall -0 haproxy") },
    says: "lb1/keepalived.conf:2:12: warning: the address stays on this host when HAProxy " +
      `hangs: "check_haproxy" only asks whether its process exists [blind-check]\n` +
      `   hint: ask HAProxy over HTTP: "monitor-uri /alive" on a loopback port, and curl ` +
      "-sf for it",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf(
        "/usr/bin/curl -sf -m 1 -o /dev/null http://127.0.0.1:8404/alive",
      ),
    },
  },
  *check({ nodes }) {
    for (const { node, instance, vrrp } of placed(nodes)) {
      // A name that is misspelt is a trap of its own; what its check asks does not depend on it.
      const scripts = instance.tracked.flatMap(({ kind, name, script, defined }) => {
        const misspelt = kind === "script" && defined === "nowhere";
        return script ?? (misspelt ? meantScript(vrrp, name.text) : undefined) ?? [];
      });
      const all = scripts.map((script) => ({ script, what: asks(node, script) }));
      if (all.some(({ what }) => what === "answer" || what === "unknown")) continue;
      for (const { script: { name, command }, what } of all) {
        if (what === "way") continue;
        const only = what === "process" ? "its process exists" : "its port is open";
        yield {
          message: `the address stays on this host when HAProxy hangs: "${name.text}" only asks ` +
            `whether ${only}`,
          source: command?.source ?? name.source,
          hint:
            'ask HAProxy over HTTP: "monitor-uri /alive" on a loopback port, and curl -sf for it',
        };
      }
    }
  },
});
