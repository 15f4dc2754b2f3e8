/** @module */
import { defineLint } from "../../define.ts";
import {
  called,
  checkedIn,
  checksOf,
  checksOverTls,
  checksTlsPort,
  listed,
  pools,
} from "./_api.ts";

/** Every server is taken for dead. */
export const plainCheckOfTls = defineLint({
  code: "plain-check-of-tls",
  severity: "error",
  title: "a health check in plain HTTP to a port that speaks TLS",
  why: "API servers speak TLS only. `option httpchk` alone sends its request in plain HTTP, " +
    "gets an error for an answer, and takes every server out: the endpoint refuses all " +
    "clients. `haproxy -c` says nothing. Measured with HAProxy 2.6.12: all servers down " +
    "(L7RSP).",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    http-check expect status 200
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:2:12: all clients are refused: the check of backend "apiserver" ` +
      `speaks plain HTTP, so that "m1" and "m2" never answer it [plain-check-of-tls]
   hint: write "check check-ssl verify required ca-file PATH" on the servers`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    http-check expect status 200
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m2 10.0.0.22:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const check = checksOf(pool.proxy).at(-1);
      if (check?.kind !== "httpchk") continue;
      const plain = checkedIn(pool).filter((it) =>
        checksTlsPort(pool, it) && !checksOverTls(pool, it)
      );
      const [first] = plain;
      if (!first) continue;
      const all = plain.length === pool.servers.length;
      yield {
        message: `${all ? "all clients are refused" : "clients are not sent to every server"}: ` +
          `the check of ${called(pool.proxy)} speaks plain HTTP, so that ` +
          `${listed(plain.map(({ name }) => name.text))} never answer${
            plain.length === 1 ? "s" : ""
          } it`,
        source: (check.line.words[1] ?? first.name).source,
        hint: `write "check check-ssl verify required ca-file PATH" on the servers`,
      };
    }
  },
});
