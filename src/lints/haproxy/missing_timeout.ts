/** @module */
import { type Proxy } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, listed, pools, timeoutOf } from "./_api.ts";

/** Nothing ends what has died. */
export const missingTimeout = defineLint({
  code: "missing-timeout",
  severity: "warning",
  title: "a timeout that is not set",
  why: "Without `timeout client` and `timeout server` a connection whose peer is gone stays " +
    "until the kernel gives up, which may be never, and takes one of the places that " +
    "`maxconn` leaves. Without `timeout connect` a client waits for as long as the kernel " +
    "tries to reach a dead server. HAProxy warns at every start.",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    timeout client 1h
listen apiserver
    bind *:8443
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:4:1: warning: connections whose other end has died stay open: ` +
      `listen "apiserver" has no "timeout server" and no "timeout connect" ` +
      `[missing-timeout]
   hint: write "timeout server 1h" and "timeout connect 3s"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    timeout client 1h
    timeout server 1h
    timeout connect 3s
listen apiserver
    bind *:8443
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  *check(subject) {
    for (const { proxy, fronts } of pools(subject)) {
      const told = new Set<Proxy>();
      for (const it of [proxy, ...fronts]) {
        if (told.has(it)) continue;
        told.add(it);
        const wanted = [
          ...(it.kind === "backend" ? [] : ["client"]),
          ...(it.kind === "frontend" ? [] : ["server", "connect"]),
        ];
        const missing = wanted.filter((name) => !timeoutOf(it, name));
        const word = it.section.head.words[0];
        // A file without any timeout is a part of one.
        if (!word || missing.length === 0 || missing.length === wanted.length && !it.defaults[0]) {
          continue;
        }
        yield {
          message: `connections whose other end has died stay open: ${called(it)} has no ` +
            listed(missing.map((name) => `timeout ${name}`)).replaceAll(" and ", " and no "),
          source: word.source,
          hint: `write ${
            missing.map((name) => `"timeout ${name} ${name === "connect" ? "3s" : "1h"}"`).join(
              " and ",
            )
          }`,
        };
      }
    }
  },
});
