/** @module */
import { globalLines } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { files } from "./_api.ts";

/** Nothing makes HAProxy give up its rights. */
export const runsAsRoot = defineLint({
  code: "runs-as-root",
  severity: "warning",
  title: "HAProxy keeps the rights of root",
  why:
    "HAProxy starts as root to open its ports and becomes another user only when `user` or `uid` " +
    "says so. Without them whoever finds a hole in it owns the load balancer.",
  err: {
    files: {
      "lb1/haproxy.cfg": `global
    log /dev/log local0
    daemon
frontend apiserver
    bind *:8443
`,
    },
    says: `lb1/haproxy.cfg:1:1: warning: HAProxy runs as root: neither "user" nor "uid" stands ` +
      `in global [runs-as-root]
   hint: write "user haproxy" and "group haproxy" into global`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    log /dev/log local0
    daemon
    user haproxy
    group haproxy
frontend apiserver
    bind *:8443
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      const head = haproxy.sections.find(({ kind }) => kind === "global")?.head.words[0];
      if (!head || ["user", "uid"].some((it) => globalLines(haproxy, it).length > 0)) continue;
      yield {
        message: `HAProxy runs as root: neither "user" nor "uid" stands in global`,
        source: head.source,
        hint: `write "user haproxy" and "group haproxy" into global`,
      };
    }
  },
});
