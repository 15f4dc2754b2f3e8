/** @module */
import { globalLines } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { pools } from "./_api.ts";

/** Old processes pile up. */
export const noHardStop = defineLint({
  code: "no-hard-stop",
  severity: "warning",
  title: "no limit on how long an old process lives after a reload",
  why:
    "A reload starts a new process and leaves open connections to the old one until they end by " +
    "themselves. Watches do not end: without `hard-stop-after` every reload leaves one more " +
    "process, with its memory and its file descriptors, for as long as a client stays.",
  err: {
    files: {
      "lb1/haproxy.cfg": `global
    log /dev/log local0
    user haproxy
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
    says: `lb1/haproxy.cfg:1:1: warning: every reload leaves an old HAProxy running for as ` +
      `long as one of its clients stays: there is no "hard-stop-after" [no-hard-stop]
   hint: write "hard-stop-after 30m" into global`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    log /dev/log local0
    user haproxy
    hard-stop-after 30m
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    const told = new Set<unknown>();
    for (const { haproxy } of pools(subject)) {
      const head = haproxy.sections.find(({ kind }) => kind === "global")?.head.words[0];
      if (!head || told.has(haproxy) || globalLines(haproxy, "hard-stop-after").length > 0) {
        continue;
      }
      told.add(haproxy);
      yield {
        message: `every reload leaves an old HAProxy running for as long as one of its clients ` +
          `stays: there is no "hard-stop-after"`,
        source: head.source,
        hint: `write "hard-stop-after 30m" into global`,
      };
    }
  },
});
