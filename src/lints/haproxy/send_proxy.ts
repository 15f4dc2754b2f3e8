/** @module */
import { defineLint } from "../../define.ts";
import { called, paramsIn, pools } from "./_api.ts";

/** API servers do not understand the PROXY protocol. */
export const sendProxy = defineLint({
  code: "send-proxy",
  severity: "error",
  title: "the PROXY protocol towards API servers",
  why: "`send-proxy` and `send-proxy-v2` write a line of their own before the client's TLS " +
    "handshake. An API server takes it for a broken handshake and closes: no request comes " +
    "through.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check send-proxy-v2
    server m2 10.0.0.22:6443 check send-proxy-v2
`,
    },
    says: `lb1/haproxy.cfg:2:36: no request reaches "m1" of backend "apiserver": ` +
      `"send-proxy-v2" writes a line before the TLS handshake, which API servers refuse ` +
      `[send-proxy]
   hint: remove "send-proxy-v2"; API servers see the load balancer's address
lb1/haproxy.cfg:3:36: no request reaches "m2" of backend "apiserver": ` +
      `"send-proxy-v2" writes a line before the TLS handshake, which API servers refuse ` +
      `[send-proxy]
   hint: remove "send-proxy-v2"; API servers see the load balancer's address`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      for (const server of pool.servers) {
        const word = paramsIn(pool, server).find(({ text }) => /^send-proxy(?:-v2.*)?$/.test(text));
        if (!word) continue;
        yield {
          message: `no request reaches "${server.name.text}" of ${called(pool.proxy)}: ` +
            `"${word.text}" writes a line before the TLS handshake, which API servers refuse`,
          source: word.source,
          hint: `remove "${word.text}"; API servers see the load balancer's address`,
        };
      }
    }
  },
});
