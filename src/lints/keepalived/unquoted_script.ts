/** @module */
import { lastOf } from "../../configs/keepalived.ts";
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (command: string) =>
  `vrrp_script check_haproxy {
    script ${command}
    interval 1
}
`;

/** Arguments of a script that are lost. */
export const unquotedScript = defineLint({
  code: "unquoted-script",
  severity: "error",
  title: "a script with arguments and without quotes",
  why:
    "`script` of a `vrrp_script` takes one word, and the words behind it are dropped without a line " +
    "in the log. A command with arguments has to stand in quotes. Without them `killall -0 haproxy` " +
    "runs as `killall`, which fails each time.",
  err: {
    files: { "lb1/keepalived.conf": conf("/usr/bin/killall -0 haproxy") },
    says: `lb1/keepalived.conf:2:29: "check_haproxy" runs "/usr/bin/killall" without "-0 ` +
      `haproxy": Keepalived takes one word here [unquoted-script]\n` +
      `   hint: write quotes around the command, script "/usr/bin/killall -0 haproxy"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf('"/usr/bin/killall -0 haproxy"') } },
  *check({ nodes }) {
    for (const { vrrp } of filesOf(nodes)) {
      for (const { name, block } of vrrp.scripts) {
        const [, program, ...lost] = lastOf(block, "script")?.words ?? [];
        if (!program || !lost[0]) continue;
        const words = lost.map(({ text }) => text).join(" ");
        yield {
          message: `"${name.text}" runs "${program.text}" without "${words}": ` +
            "Keepalived takes one word here",
          source: lost[0].source,
          hint: `write quotes around the command, script "${program.text} ${words}"`,
        };
      }
    }
  },
});
