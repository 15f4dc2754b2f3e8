/** @module */
import { bindsOf, modeOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, pools } from "./_api.ts";

/** Requests in TLS are no HTTP. */
export const httpModeForTls = defineLint({
  code: "http-mode-for-tls",
  severity: "error",
  title: "mode http where clients speak TLS",
  why: "A client of the API begins with a TLS handshake. A `bind` without `ssl` in mode http " +
    "reads it as a request, finds none, and answers 400. With the certificates on the API " +
    "servers, the load balancer passes TCP on.",
  err: {
    files: {
      "lb1/haproxy.cfg": `listen apiserver
    mode http
    bind *:8443
    server m1 10.0.0.21:6443 check
`,
    },
    says: `lb1/haproxy.cfg:2:10: every client gets an error: listen "apiserver" reads its TLS ` +
      `handshake as a request, because it is in mode http [http-mode-for-tls]
   hint: write "mode tcp" into listen "apiserver" and its backend`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `listen apiserver
    mode tcp
    bind *:8443
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    for (const { fronts } of pools(subject)) {
      for (const front of fronts) {
        const { mode, word } = modeOf(front);
        const plain = bindsOf(front).filter(({ params }) =>
          !params.some(({ text }) => text === "ssl")
        );
        if (mode !== "http" || !word || plain.length === 0) continue;
        yield {
          message: `every client gets an error: ${called(front)} reads its TLS handshake as a ` +
            `request, because it is in mode http`,
          source: word.source,
          hint: `write "mode tcp" into ${called(front)} and its backend`,
        };
      }
    }
  },
});
