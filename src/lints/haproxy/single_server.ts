/** @module */
import { defineLint } from "../../define.ts";
import { called, pools } from "./_api.ts";
import { decidedBy, serviceCalled } from "./_services.ts";

/** One server is no redundancy. */
export const singleServer = defineLint({
  code: "single-server",
  severity: "warning",
  title: "a single API server",
  why: "With one server behind it, a load balancer adds a way to fail and takes none away: " +
    "when that API server stops, the endpoint does.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option redispatch 1
    server m1 10.0.0.21:6443 check
`,
    },
    says: `lb1/haproxy.cfg:3:12: warning: the endpoint is down whenever "m1" is: backend ` +
      `"apiserver" has no other server [single-server]
   hint: write a line for each API server`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option redispatch 1
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
    server m3 10.0.0.23:6443 check
`,
    },
  },
  *check(subject) {
    for (const { proxy, servers } of pools(subject)) {
      const [server, other] = servers;
      if (!server || other || server.many || server.line.conditional) continue;
      yield {
        message: `${serviceCalled(subject, proxy)} is down whenever "${server.name.text}" is: ` +
          `${called(proxy)} has no other server`,
        source: server.name.source,
        hint: `write a line for each API server`,
        ...decidedBy(subject, proxy, ["backends"], "GROUP, or a list of all API servers"),
      };
    }
  },
});
