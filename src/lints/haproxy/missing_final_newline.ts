/** @module */
import { placesIn } from "../../configs/scan.ts";
import { defineLint } from "../../define.ts";
import { atLeast } from "../../endpoint/version.ts";
import { files } from "./_api.ts";

/** The last line counts as cut off. */
export const missingFinalNewline = defineLint({
  code: "missing-final-newline",
  severity: "error",
  title: "a file without a final newline",
  why: "HAProxy takes a last line that does not end for a file that was cut off while it was " +
    "written, and does not start with it (2.3 and newer; 2.2 warns). A reload keeps the old " +
    "configuration.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check`,
    },
    says: `lb1/haproxy.cfg:2:1: HAProxy does not start with this file: its last line has no ` +
      `end, as if the rest were lost [missing-final-newline]
   hint: end the last line: echo >> lb1/haproxy.cfg`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      const { haproxy: version } = node.versions;
      if (version && !atLeast(version, "2.3")) continue;
      for (const { file, text } of [haproxy, ...haproxy.more ?? []]) {
        if (text === "" || text.endsWith("\n")) continue;
        const start = text.lastIndexOf("\n") + 1;
        yield {
          message: `HAProxy does not start with this file: its last line has no end, as if the ` +
            `rest were lost`,
          source: placesIn(file, text)(start, text.length),
          hint: `end the last line: echo >> ${file}`,
        };
      }
    }
  },
});
