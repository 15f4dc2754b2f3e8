/** @module */
import { globalLines } from "../../configs/proxies.ts";
import { atLeast } from "../../endpoint/version.ts";
import { defineLint } from "../../define.ts";
import { files } from "./_api.ts";

/** Gone since HAProxy 2.5. */
export const nbproc = defineLint({
  code: "nbproc",
  severity: "error",
  title: "nbproc, which HAProxy no longer has",
  why: "HAProxy 2.5 removed `nbproc` and does not start with it; threads have taken its place " +
    "without a setting. In older versions each process checks the servers by itself and has " +
    "its own view of them.",
  err: {
    files: {
      "lb1/haproxy.cfg": `global
    nbproc 2
    user haproxy
`,
    },
    says: `lb1/haproxy.cfg:2:5: HAProxy 2.5 and newer does not start with this file: it has ` +
      `threads instead of "nbproc" [nbproc]
   hint: remove the line`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    user haproxy
`,
    },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      for (const { words: [word], conditional } of globalLines(haproxy, "nbproc")) {
        const known = node.versions.haproxy;
        if (!word || conditional || (known !== undefined && !atLeast(known, "2.5"))) continue;
        yield {
          message: `HAProxy ${known ?? "2.5 and newer"} does not start with this file: it has ` +
            `threads instead of "nbproc"`,
          source: word.source,
          hint: `remove the line`,
        };
      }
    }
  },
});
