/** @module */
import { defineLint } from "../../define.ts";
import { cutsIdle, LEAST_MS } from "./_idle.ts";

/** Connections that are idle for a while are cut. */
export const shortIdleTimeout = defineLint({
  code: "short-idle-timeout",
  severity: "error",
  title: "idle connections are cut within a minute",
  why: "A watch, `kubectl logs -f`, `exec` and `port-forward` may say nothing for a long time. " +
    "HAProxy ends a connection when one side was silent for `timeout client` or `timeout server`; " +
    "where `timeout tunnel` is set, that counts instead. Measured: with 20 s an idle watch was " +
    "cut after 20.06 s. Dead peers are better found by TCP keepalive (`option clitcpka`, " +
    "`option srvtcpka`).",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    timeout connect 5s
    timeout client 20s
    timeout server 20s
listen apiserver
    bind *:8443
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:4:20: a watch, "kubectl logs -f" or "exec" that is idle for 20 s is ` +
      `cut: that is "timeout client" of listen "apiserver" [short-idle-timeout]
   hint: write "timeout client 1h" and find dead peers with "option clitcpka" and ` +
      `"option srvtcpka"
lb1/haproxy.cfg:5:20: a watch, "kubectl logs -f" or "exec" that is idle for 20 s is ` +
      `cut: that is "timeout server" of listen "apiserver" [short-idle-timeout]
   hint: write "timeout server 1h" and find dead peers with "option clitcpka" and ` +
      `"option srvtcpka"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    option clitcpka
    option srvtcpka
listen apiserver
    bind *:8443
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  check: (subject) => cutsIdle(subject, { from: 0, below: LEAST_MS }),
});
