/** @module */
import { lineOf, proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";

const KINDS = ["httpchk", "ssl-hello-chk", "tcp-check", "ldap-check", "mysql-check", "redis-check"];

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
      `ssl-hello-chk" replaces "option httpchk" of backend "apiserver", so the path is never ` +
      `asked for [overridden-check]
   hint: remove "option ssl-hello-chk" and write "check check-ssl" on the servers`,
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
  *check({ nodes }) {
    for (const { haproxy } of nodes) {
      for (const proxy of haproxy ? proxiesOf(haproxy) : []) {
        const checks = KINDS.flatMap((kind) => lineOf(proxy, "option", kind) ?? [])
          .flatMap(({ words: [, kind] }) => kind ?? [])
          .toSorted((a, b) => a.source.line - b.source.line);
        const [last, ...others] = checks.toReversed();
        if (!last || others.length === 0) continue;
        const lost = others.map(({ text }) => `"option ${text}"`).join(" and ");
        yield {
          message: `an API server that answers with errors stays in use: "option ${last.text}" ` +
            `replaces ${lost} of ${proxy.kind} "${proxy.name}", so the path is never asked for`,
          source: last.source,
          hint: `remove "option ${last.text}" and write "check check-ssl" on the servers`,
        };
      }
    }
  },
});
