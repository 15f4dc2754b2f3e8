/** @module */
import { valueOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, checkedIn, checksOverTls, listed, paramsIn, pools } from "./_api.ts";
import { decidedBy, ofService } from "./_services.ts";

/** Whoever answers in TLS is believed. */
export const unverifiedCheck = defineLint({
  code: "unverified-check",
  severity: "warning",
  title: "API servers that nobody verifies",
  why: "With `verify none` any server that answers the check with 200 counts as an API server, " +
    "whoever took its address. Clients verify the certificate themselves, so that they are " +
    "refused, not deceived; a share of them is for as long as the wrong server answers.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    server m1 10.0.0.21:6443 check check-ssl verify none
    server m2 10.0.0.22:6443 check check-ssl verify none
`,
    },
    says: `lb1/haproxy.cfg:3:53: warning: whoever answers at the address of "m1" and "m2" gets ` +
      `clients: backend "apiserver" does not verify certificates [unverified-check]
   hint: write "verify required ca-file PATH" with the cluster's CA`,
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
      const believed = checkedIn(pool).filter((it) => checksOverTls(pool, it))
        .map((server) => ({ server, verify: valueOf(paramsIn(pool, server), "verify") }))
        .filter(({ verify }) => verify?.text === "none");
      const word = believed[0]?.verify;
      if (!word) continue;
      const names = listed(believed.map(({ server }) => server.name.text));
      const whose = ofService(subject, pool.proxy);
      yield {
        message: `whoever answers at the address of ${names} gets clients${whose}: ` +
          `${called(pool.proxy)} does not verify certificates`,
        source: word.source,
        hint: `write "verify required ca-file PATH" with the cluster's CA`,
        ...decidedBy(
          subject,
          pool.proxy,
          ["ca_file"],
          "ca.crt, which is /etc/kubernetes/pki/ca.crt of any control plane host",
        ),
      };
    }
  },
});
