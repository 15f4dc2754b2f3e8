/** @module */
import { defineLint } from "../../define.ts";
import { type Check, checks } from "./_checks.ts";

const conf = `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    interval 2
}
`;

/** A check that cannot fail. */
export const alwaysGreen = defineLint({
  code: "always-green",
  severity: "error",
  title: "a check script that always succeeds",
  why: "What a script ends with is what its last command ends with. A script whose last line is " +
    "`exit 0`, `true` or an `echo`, and that ends nowhere else, is green whatever it has asked: the " +
    "address stays on a host with a dead HAProxy.",
  err: {
    files: {
      "lb1/keepalived.conf": conf,
      "lb1/check_haproxy.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive
exit 0
`,
    },
    says: "lb1/check_haproxy.sh:3:1: the address stays on this host whatever happens: the " +
      `check ends with "exit 0", and nothing in it ends otherwise [always-green]\n` +
      `   hint: end it where something is wrong: "… || exit 1"`,
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf,
      "lb1/check_haproxy.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive || exit 1
exit 0
`,
    },
  },
  *check(subject) {
    for (const check of checks(subject)) {
      const last = check.commands.at(-1);
      const word = last?.words[0];
      if (!word || !isGreen(check)) continue;
      yield {
        message: `the address stays on this host whatever happens: the check ends with "${
          last.words.slice(0, 2).map(({ text }) => text).join(" ")
        }", and nothing in it ends otherwise`,
        source: word.source,
        hint: 'end it where something is wrong: "… || exit 1"',
      };
    }
  },
});

/** Ways to end a script otherwise than by its last line. */
const OTHERWISE = new Set(["exec", "return", "kill", "trap", ".", "source", "eval"]);

function isGreen({ file, commands }: Check): boolean {
  const last = commands.at(-1)?.words.map(({ text }) => text) ?? [];
  if (file === undefined || !succeeds(last)) return false;
  // What joins it to the command before decides instead.
  if (["&&", "||", "|"].includes(commands.at(-2)?.ends ?? "")) return false;
  return commands.slice(0, -1).every(({ words }) => {
    const [first = "", second] = words.map(({ text }) => text);
    if (first === "set") return !words.some(({ text }) => /^-\w*e|^errexit$/.test(text));
    if (OTHERWISE.has(first)) return false;
    const at = words.findIndex(({ text }) => text === "exit");
    return at === -1
      ? true
      : words[at + 1]?.text === "0" || (first === "echo" && second !== "exit");
  });
}

function succeeds([first = "", second]: readonly string[]): boolean {
  if (first === "exit") return second === "0";
  return ["true", ":", "echo", "printf", "logger"].includes(first);
}
