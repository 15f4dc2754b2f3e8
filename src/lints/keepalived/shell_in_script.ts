/** @module */
import type { Script } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { filesOf } from "./_instances.ts";

const conf = (command: string) =>
  `vrrp_script check_haproxy {
    script "${command}"
    interval 1
}
`;

/** A command that only a shell understands, and no shell sees. */
export const shellInScript = defineLint({
  code: "shell-in-script",
  severity: "error",
  title: "a pipe, an && or another sign of the shell in a script",
  why:
    "Keepalived starts the program of a `vrrp_script` itself, without a shell: `|`, `&&`, `;` and " +
    "`>` go to that program as arguments, and so does all that stands behind them. Measured with " +
    'Keepalived 2.2.7: `"/bin/true | /bin/false"` succeeds each time, `"/bin/false || /bin/true"` ' +
    'fails each time, and a script in backquotes is "not found" and dropped.',
  err: {
    files: { "lb1/keepalived.conf": conf("/usr/bin/pgrep -c haproxy | grep -q 2") },
    says: `lb1/keepalived.conf:2:12: "check_haproxy" is only what "/usr/bin/pgrep" says: no ` +
      `shell reads "|", which goes to it as an argument with all that follows ` +
      "[shell-in-script]\n" +
      `   hint: write a shell script into a file, or: script "/bin/sh -c '...'"`,
  },
  ok: {
    files: { "lb1/keepalived.conf": conf("/bin/sh -c 'pgrep -c haproxy | grep -q 2'") },
  },
  *check({ nodes }) {
    for (const { vrrp } of filesOf(nodes)) {
      for (const { name, command } of vrrp.scripts) {
        const sign = command && signIn(command.text);
        if (!command || !sign) continue;
        const [program = ""] = command.text.split(/\s/);
        const dropped = sign === "`" || sign === "$(";
        yield {
          message: dropped
            ? `"${name.text}" is dropped, and the address stays whatever happens: no shell reads ` +
              `"${sign}", so that a program of this name is looked for`
            : `"${name.text}" is only what "${program}" says: no shell reads "${sign}", which ` +
              `goes to it as an argument with all that follows`,
          source: command.source,
          hint: "write a shell script into a file, or: script \"/bin/sh -c '...'\"",
        };
      }
    }
  },
});

const SIGN = /^(?:\|\|?|&&?|;|<|[12]?>>?(?:&[12])?)$|^[12]?>>?[/&]|[^\\](;)$|^(`|\$\()/;

/** The first sign of a shell between the words of a command that no shell is started for. */
function signIn(command: NonNullable<Script["command"]>["text"]): string | undefined {
  const words = unquoted(command);
  if (/^(?:\S*\/)?(?:env\s+)?(?:\S*\/)?(?:ba|da|a|k|z)?sh\s+-\w*c\b/.test(command)) {
    return undefined;
  }
  for (const word of words) {
    const found = SIGN.exec(word);
    if (found) return found[1] ?? found[2] ?? found[0];
  }
}

/** The words of a command; what stands in quotes is one word without its text. */
function unquoted(command: string): readonly string[] {
  return command.replace(/'[^']*'|"[^"]*"/g, "''").split(/\s+/).filter((word) => word !== "");
}
