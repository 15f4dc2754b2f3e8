/** @module */
import { linesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, checkedIn, checksOf, pools } from "./_api.ts";

/** A port that is open is no health. */
export const tcpOnlyCheck = defineLint({
  code: "tcp-only-check",
  severity: "warning",
  title: "a health check that only connects",
  why: "Without `option httpchk` a check opens a connection, and with `check-ssl` it also " +
    "shakes hands. An API server that has lost its etcd, or is about to stop, does both " +
    "while it answers requests with errors. It stays in use, and logs a failed handshake " +
    "for every check.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:1:9: warning: an API server that answers with errors stays in use: ` +
      `the check of backend "apiserver" asks for nothing, only whether the port is open ` +
      `[tcp-only-check]
   hint: write "option httpchk GET /readyz", and on the servers "check check-ssl ` +
      `verify required ca-file PATH"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m2 10.0.0.22:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const checks = checksOf(pool.proxy);
      const rules = ["send", "send-binary", "expect"]
        .some((it) => linesOf(pool.proxy, "tcp-check", it).length > 0);
      const last = checks.at(-1);
      if (last && (last.kind !== "tcp-check" || rules)) continue;
      const [first] = checkedIn(pool);
      const word = last?.line.words[1] ?? pool.proxy.section.head.words[1] ?? first?.name;
      if (!first || !word) continue;
      yield {
        message: `an API server that answers with errors stays in use: the check of ` +
          `${called(pool.proxy)} asks for nothing, only whether the port is open`,
        source: word.source,
        hint: `write "option httpchk GET /readyz", and on the servers ` +
          `"check check-ssl verify required ca-file PATH"`,
      };
    }
  },
});
