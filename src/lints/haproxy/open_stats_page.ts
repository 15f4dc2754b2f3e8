/** @module */
import { bindsOf, lineOf, modeOf, proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** Everybody can read it. */
export const openStatsPage = defineLint({
  code: "open-stats-page",
  severity: "warning",
  title: "statistics without a password on a public address",
  why:
    "The page shows every API server by name with its state and load, and the version of HAProxy; " +
    "with `stats admin` it can also take them out of use.",
  err: {
    files: {
      "lb1/haproxy.cfg": `listen stats
    mode http
    bind *:8404
    stats enable
    stats uri /stats
`,
    },
    says: `lb1/haproxy.cfg:3:10: warning: everybody who reaches "*:8404" sees the API servers ` +
      `and their state: the statistics of listen "stats" have no password [open-stats-page]
   hint: write "bind 127.0.0.1:8404", or "stats auth USER:PASSWORD"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `listen stats
    mode http
    bind 127.0.0.1:8404
    stats enable
    stats uri /stats
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const proxy of proxiesOf(haproxy)) {
        const line = lineOf(proxy, "stats", "enable") ?? lineOf(proxy, "stats", "uri");
        // Rules may let only some of them in.
        const guarded = lineOf(proxy, "stats", "auth") ?? lineOf(proxy, "stats", "http-request") ??
          lineOf(proxy, "http-request", "auth") ?? lineOf(proxy, "http-request", "deny");
        if (!line || guarded || modeOf(proxy).mode !== "http") continue;
        const bind = bindsOf(proxy).find(({ addresses }) =>
          addresses.some(({ host }) => !/^(?:127\.|::1$|localhost$)/.test(host))
        );
        if (!bind) continue;
        yield {
          message:
            `everybody who reaches "${bind.word.text}" sees the API servers and their state` +
            `${lineOf(proxy, "stats", "admin") ? ", and can take them out of use" : ""}: ` +
            `the statistics of ${called(proxy)} have no password`,
          source: bind.word.source,
          hint: `write "bind 127.0.0.1:${bind.addresses[0]?.port}", or "stats auth USER:PASSWORD"`,
        };
      }
    }
  },
});
