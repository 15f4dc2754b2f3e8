/** @module */
import { globalLines, isOn, type Server, valueOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, checksOverTls, listed, paramsIn, type Pool, pools } from "./_api.ts";

/** Checks in TLS that have nothing to verify with. */
export const missingCa = defineLint({
  code: "missing-ca",
  severity: "error",
  title: "a check in TLS without a CA",
  why: "HAProxy verifies certificates unless `verify none` says otherwise, and does not start " +
    "when it has no CA to do so with. Tried with 2.2, 2.6 and 3.0.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    server m1 10.0.0.21:6443 check check-ssl
    server m2 10.0.0.22:6443 check check-ssl
`,
    },
    says: `lb1/haproxy.cfg:3:12: HAProxy does not start with this file: backend "apiserver" ` +
      `speaks TLS with "m1" and "m2" and has no CA to verify them [missing-ca]
   hint: write "verify required ca-file PATH" with the cluster's CA on the servers`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    default-server check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m1 10.0.0.21:6443
    server m2 10.0.0.22:6443
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const [lax] = globalLines(pool.haproxy, "ssl-server-verify").map(({ words }) =>
        words[1]?.text
      );
      const without = lax === "none" ? [] : pool.servers.filter((it) => wantsCa(pool, it));
      const [first] = without;
      if (!first) continue;
      yield {
        message: `HAProxy does not start with this file: ${called(pool.proxy)} speaks TLS with ` +
          `${listed(without.map(({ name }) => name.text))} and has no CA to verify them`,
        source: first.name.source,
        hint: `write "verify required ca-file PATH" with the cluster's CA on the servers`,
      };
    }
  },
});

function wantsCa(pool: Pool, server: Server): boolean {
  const params = paramsIn(pool, server);
  const speaks = isOn(params, "ssl") || (isOn(params, "check") && checksOverTls(pool, server));
  return speaks && valueOf(params, "verify")?.text !== "none" && !valueOf(params, "ca-file");
}
