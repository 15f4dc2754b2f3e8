/** @module */
import { defineLint } from "../../define.ts";
import { type Check, checks } from "./_checks.ts";

/** A place-holder that nobody filled in. */
export const unsetScriptVariable = defineLint({
  code: "unset-script-variable",
  severity: "error",
  title: "a variable in a check that nothing sets",
  why: "Keepalived runs scripts without the variables of a login. One that the script does not " +
    "set is empty: `https://localhost:${APISERVER_DEST_PORT}/` asks port 443, and the check " +
    "is red for ever. Mostly it is a template that nobody filled in.",
  err: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null https://localhost:\${APISERVER_DEST_PORT}/readyz
`,
    },
    says: `lb1/check_apiserver.sh:2:36: the check is red whatever happens: nothing sets ` +
      `"APISERVER_DEST_PORT" in "https://localhost:\${APISERVER_DEST_PORT}/readyz" ` +
      `[unset-script-variable]
   hint: write the value, or APISERVER_DEST_PORT=VALUE above`,
  },
  ok: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
APISERVER_DEST_PORT=8443
curl -sf --max-time 1 -o /dev/null "https://localhost:\${APISERVER_DEST_PORT}/readyz"
`,
    },
  },
  *check(subject) {
    for (const check of checks(subject)) {
      const { file, commands } = check;
      if (!file || commands.some(({ words: [first] }) => TAKES_OVER.has(first?.text ?? ""))) {
        continue;
      }
      const told = new Set<string>();
      for (const { words } of commands) {
        for (const { text, source } of words) {
          const name = /\$\{?([A-Za-z_]\w*)/.exec(text)?.[1];
          if (!/^https?:\/\//.test(text) || !name || told.has(name) || isSet(check, name)) continue;
          told.add(name);
          yield {
            message: `the check is red whatever happens: nothing sets "${name}" in "${text}"`,
            source,
            hint: `write the value, or ${name}=VALUE above`,
          };
        }
      }
    }
  },
});

/** Commands that may bring variables from elsewhere. */
const TAKES_OVER: ReadonlySet<string> = new Set([".", "source", "eval", "set"]);

/** Whether a script sets a variable in any way. */
function isSet({ file }: Check, name: string): boolean {
  return new RegExp(
    `(?:^|[^\\w$])${name}=|\\b(?:for|read)\\b[^\\n]*\\b${name}\\b|\\$\\{${name}:?[-=?]`,
  )
    .test(file?.text ?? "");
}
