/** @module */
import { defineLint } from "../../define.ts";

/** Keepalived cannot start the script, and does not mind. */
export const noInterpreter = defineLint({
  code: "no-interpreter",
  severity: "error",
  title: "a check script without a #! line",
  why:
    "Keepalived starts scripts without a shell, and the kernel runs a text only when its first line " +
    "names an interpreter. Keepalived logs that it cannot run the script and counts the run as a " +
    "success (2.2.7): the check is green for ever.",
  err: {
    files: {
      "lb1/check_haproxy.sh":
        "# is HAProxy there?\nexec curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive\n",
    },
    says: `lb1/check_haproxy.sh:1:1: the check is green whatever happens: Keepalived cannot ` +
      `run /etc/keepalived/check_haproxy.sh, whose first line names no interpreter, and ` +
      `takes that for a success [no-interpreter]
   hint: begin the file with "#!/bin/sh"`,
  },
  ok: {
    files: {
      "lb1/check_haproxy.sh":
        "#!/bin/sh\nexec curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive\n",
    },
  },
  *check({ nodes }) {
    for (const { scripts } of nodes) {
      for (const { file, path, text } of scripts) {
        // Programs are not text.
        if (/^#![ \t]*\S/.test(text) || text.includes("\0")) continue;
        yield {
          message: `the check is green whatever happens: Keepalived cannot run ${path}, whose ` +
            `first line names no interpreter, and takes that for a success`,
          source: { file, line: 1, column: 1, length: 1 },
          hint: `begin the file with "#!/bin/sh"`,
        };
      }
    }
  },
});
