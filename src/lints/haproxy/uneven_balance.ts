/** @module */
import { lineOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, paramsIn, pools } from "./_api.ts";
import { decidedBy } from "./_services.ts";

/** Most clients get the same server. */
export const unevenBalance = defineLint({
  code: "uneven-balance",
  severity: "warning",
  title: "clients that all go to the same API server",
  why: "`balance first` fills one server up to its `maxconn` before it uses the next: without " +
    "`maxconn` everybody gets the first one. `balance source` chooses by the address of the " +
    "client: all that come through one gateway or proxy get the same server, and the others " +
    "idle.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    balance source
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:2:13: warning: all clients behind one gateway get the same API ` +
      `server: backend "apiserver" has "balance source" [uneven-balance]
   hint: write "balance leastconn": connections to the API live long`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    balance leastconn
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const word = lineOf(pool.proxy, "balance")?.words[1];
      const limited = pool.servers.every((it) =>
        paramsIn(pool, it).some(({ text }) => text === "maxconn")
      );
      const first = word?.text === "first" && !limited;
      if (!word || pool.servers.length < 2 || !(first || word.text === "source")) continue;
      const who = first ? `all clients get` : `all clients behind one gateway get`;
      yield {
        message: `${who} the same API server: ${called(pool.proxy)} has "balance ${word.text}"`,
        source: word.source,
        hint: `write "balance leastconn": connections to the API live long`,
        ...decidedBy(subject, pool.proxy, ["haproxy", "balance"], "leastconn"),
      };
    }
  },
});
