/** @module */
import { proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { checksOf, files } from "./_api.ts";

/** Two kinds of health check in one backend: the last one wins without a word. */
export const overriddenCheck = defineLint({
  code: "overridden-check",
  severity: "error",
  title: "two kinds of health check in one backend",
  why: "HAProxy keeps the last `option …chk` of a backend and drops the others without a word. " +
    "`option httpchk` above `option ssl-hello-chk` never asks for the path: a server that answers " +
    "every request with 500 stays in rotation for ever. Measured: one third of all requests " +
    "failed for as long as one of three API servers was unhealthy.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /healthz
    http-check expect status 200
    option ssl-hello-chk
    server m1 10.0.0.21:6443 check
`,
    },
    says: `lb1/haproxy.cfg:4:12: an API server that answers with errors stays in use: "option ` +
      `ssl-hello-chk" replaces "option httpchk" of backend "apiserver", so the path is ` +
      `never asked for [overridden-check]
   hint: remove "option ssl-hello-chk" and write on the servers "check check-ssl ` +
      `verify required ca-file PATH"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    http-check expect status 200
    server m1 10.0.0.21:6443 check check-ssl verify none
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const proxy of proxiesOf(haproxy)) {
        const checks = checksOf(proxy);
        const last = checks.at(-1);
        const lost = new Set(checks.map(({ kind }) => kind).filter((it) => it !== last?.kind));
        // What stands below an .if may be the other one of two.
        if (!last || lost.size === 0 || checks.some(({ line }) => line.conditional)) continue;
        const names = [...lost].map((kind) => `"option ${kind}"`).join(" and ");
        yield {
          message: `an API server that answers with errors stays in use: "option ${last.kind}" ` +
            `replaces ${names} of ${proxy.kind} "${proxy.name}", so the path is never asked for`,
          source: (last.line.words[1] ?? last.line.words[0]!).source,
          hint: `remove "option ${last.kind}" and write on the servers ` +
            `"check check-ssl verify required ca-file PATH"`,
        };
      }
    }
  },
});
