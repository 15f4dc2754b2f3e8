/** @module */
import { bindsOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, pools } from "./_api.ts";

/** Clients with certificates become anonymous. */
export const tlsEndsHere = defineLint({
  code: "tls-ends-here",
  severity: "error",
  title: "TLS that ends at the load balancer, in front of API servers",
  why:
    "kubelets, controllers and most kubeconfigs prove who they are with a client certificate, and do " +
    "so in the TLS handshake. Where `bind … ssl` ends TLS, the API server sees HAProxy in their " +
    "place: they are `system:anonymous` and get 401 or 403. Tokens still work, so that a first look " +
    "with one may go well. Let TLS pass through: `mode tcp`, and no `ssl` at the bind.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:6443 ssl crt /etc/haproxy/api.pem
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
    says: "lb1/haproxy.cfg:2:17: clients with certificates, such as kubelets and most " +
      `kubeconfigs, are refused: TLS ends at frontend "apiserver", and the API servers ` +
      "never see them [tls-ends-here]\n" +
      `   hint: let TLS pass through: "mode tcp", and no "ssl crt" at the bind`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    mode tcp
    bind *:6443
    default_backend apiserver
backend apiserver
    mode tcp
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
  },
  *check(subject) {
    for (const { fronts } of pools(subject)) {
      for (const bind of fronts.flatMap((it) => bindsOf(it))) {
        const ssl = bind.params.find(({ text }) => text === "ssl");
        if (!ssl) continue;
        yield {
          message:
            "clients with certificates, such as kubelets and most kubeconfigs, are refused: " +
            `TLS ends at ${called(bind.proxy)}, and the API servers never see them`,
          source: ssl.source,
          hint: 'let TLS pass through: "mode tcp", and no "ssl crt" at the bind',
        };
      }
    }
  },
});
