/** @module */
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (path: string) =>
  `vrrp_script check_haproxy {
    script "${path}"
    interval 1
}
`;

/** A script that is looked for where it is not. */
export const relativeScript = defineLint({
  code: "relative-script",
  severity: "error",
  title: "a script without its whole path",
  why:
    "Keepalived looks for a script from its own working directory and in its own `PATH`, not beside " +
    "its configuration. One that it does not find is disabled with a line in the log, and the host " +
    "holds the address whatever happens to HAProxy.",
  err: {
    files: { "lb1/keepalived.conf": conf("check_haproxy.sh") },
    says: `lb1/keepalived.conf:2:12: Keepalived goes on without "check_haproxy": it does not ` +
      `look for "check_haproxy.sh" beside its configuration [relative-script]\n` +
      `   hint: write the whole path, "/etc/keepalived/check_haproxy.sh"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("/etc/keepalived/check_haproxy.sh") } },
  *check({ nodes }) {
    for (const { vrrp } of filesOf(nodes)) {
      for (const { name, command } of vrrp.scripts) {
        const [program = ""] = command?.text.trim().split(/\s+/) ?? [];
        // A bare name of a program may well be in the PATH.
        const lost = /^[^/$<{]+\//.test(program) || /^[^/$<{]+\.(sh|py|pl|bash)$/.test(program);
        if (!command || !lost) continue;
        yield {
          message: `Keepalived goes on without "${name.text}": it does not look for ` +
            `"${program}" beside its configuration`,
          source: command.source,
          hint: `write the whole path, "/etc/keepalived/${program.replace(/^.*\//, "")}"`,
        };
      }
    }
  },
});
