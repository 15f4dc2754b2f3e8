/** @module */
import { defineLint } from "../../define.ts";
import { called, checkedIn, pools } from "./_api.ts";

/** A dead server is never taken out. */
export const serverWithoutCheck = defineLint({
  code: "server-without-check",
  severity: "error",
  title: "a server without check",
  why: "Without `check` HAProxy never looks at a server: when it is dead or unready, its share " +
    "of all clients gets errors or waits, until somebody changes the file. Measured: such a " +
    "server is never removed.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    server m1 10.0.0.21:6443 check check-ssl verify none
    server m2 10.0.0.22:6443 check-ssl verify none
`,
    },
    says: `lb1/haproxy.cfg:4:12: clients are sent to "m2" of backend "apiserver" when it is ` +
      `dead too: it has no "check" [server-without-check]
   hint: write "check" behind its address, or "default-server check" above the ` +
      `servers`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    default-server check check-ssl verify none
    server m1 10.0.0.21:6443
    server m2 10.0.0.22:6443
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const checked = new Set(checkedIn(pool));
      for (const server of pool.servers) {
        const { name, params } = server;
        const tracks = params.some(({ text }) => text === "track" || text === "disabled");
        if (tracks || checked.has(server)) continue;
        yield {
          message:
            `clients are sent to "${name.text}" of ${called(pool.proxy)} when it is dead too: ` +
            `it has no "check"`,
          source: name.source,
          hint: `write "check" behind its address, or "default-server check" above the servers`,
        };
      }
    }
  },
});
