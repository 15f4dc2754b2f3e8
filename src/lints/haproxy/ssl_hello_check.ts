/** @module */
import { defineLint } from "../../define.ts";
import { called, checksOf, pools } from "./_api.ts";

/** Any answer in TLS counts, an error too. */
export const sslHelloCheck = defineLint({
  code: "ssl-hello-check",
  severity: "error",
  title: "a health check that only says hello",
  why: "`option ssl-hello-chk` sends the greeting of SSL 3.0 and takes any answer in TLS for " +
    "health, an alert that refuses it too (`expect rbinary ^1[56]` in its source). No path " +
    "is asked for: an API server that answers every request with 500 stays in use for ever. " +
    "API servers also log a failed handshake for every check.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option ssl-hello-chk
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:2:12: an API server that answers with errors stays in use: the ` +
      `check of backend "apiserver" takes any answer in TLS for health [ssl-hello-check]
   hint: write "option httpchk GET /readyz", and on the servers "check check-ssl ` +
      `verify required ca-file PATH"`,
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
    for (const { proxy } of pools(subject)) {
      const checks = checksOf(proxy);
      const word = checks.at(-1)?.line.words[1];
      // With another one beside it something else is said.
      if (!word || checks.some(({ kind }) => kind !== "ssl-hello-chk")) continue;
      yield {
        message: `an API server that answers with errors stays in use: the check of ` +
          `${called(proxy)} takes any answer in TLS for health`,
        source: word.source,
        hint: `write "option httpchk GET /readyz", and on the servers ` +
          `"check check-ssl verify required ca-file PATH"`,
      };
    }
  },
});
