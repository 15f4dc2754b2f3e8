/** @module */
import { defineLint } from "../../define.ts";
import { cutsIdle, LEAST_MS } from "./_idle.ts";

/** Nobody is idle for longer, as a rule. */
const ENOUGH_MS = 10 * 60_000;

/** Connections that are idle for some minutes are cut. */
export const lowIdleTimeout = defineLint({
  code: "low-idle-timeout",
  severity: "warning",
  title: "idle connections are cut within ten minutes",
  why: "A watch, `kubectl logs -f`, `exec` and `port-forward` may say nothing for many minutes. " +
    "HAProxy ends a connection when one side was silent for `timeout client` or `timeout server`; " +
    "where `timeout tunnel` is set, that counts instead. Dead peers are better found by TCP " +
    "keepalive (`option clitcpka`, `option srvtcpka`).",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    timeout connect 5s
    timeout client 5m
    timeout server 5m
listen apiserver
    bind *:8443
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:4:20: warning: a watch, "kubectl logs -f" or "exec" that is idle ` +
      `for 5 min is cut: that is "timeout client" of listen "apiserver" [low-idle-timeout]
   hint: write "timeout client 1h" and find dead peers with "option clitcpka" and ` +
      `"option srvtcpka"
lb1/haproxy.cfg:5:20: warning: a watch, "kubectl logs -f" or "exec" that is idle ` +
      `for 5 min is cut: that is "timeout server" of listen "apiserver" [low-idle-timeout]
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
  check: (subject) => cutsIdle(subject, { from: LEAST_MS, below: ENOUGH_MS }),
});
