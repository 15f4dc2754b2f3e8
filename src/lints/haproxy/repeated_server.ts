/** @module */
import { addressesOf } from "../../configs/haproxy_address.ts";
import type { Server } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, paramsIn, type Pool, pools } from "./_api.ts";

/** One API server that is counted twice. */
export const repeatedServer = defineLint({
  code: "repeated-server",
  severity: "warning",
  title: "two servers of one address in a backend",
  why:
    "HAProxy takes two servers with one address and port for two: that API server gets twice the " +
    "clients, the backend looks as if it had one more than it has, and as after copying a line, the " +
    "one that was meant gets nobody.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
    server m3 10.0.0.22:6443 check
`,
    },
    says: `lb1/haproxy.cfg:4:15: warning: 10.0.0.22:6443 is counted as two API servers and gets ` +
      `the clients of both: "m3" of backend "apiserver" has the address of "m2" on line 3 ` +
      `[repeated-server]
   hint: write the address of each API server once`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
    server m3 10.0.0.23:6443 check
`,
    },
  },
  *check(subject) {
    for (const pool of pools(subject)) {
      const known = new Map<string, Server>();
      for (const server of pool.servers.filter((it) => isPlain(pool, it))) {
        const [address] = addressesOf(server.address);
        if (!address) continue;
        const key = `${address.host} ${address.port}`;
        const first = known.get(key);
        known.set(key, first ?? server);
        // A name twice is an error of its own.
        if (!first || first.name.text === server.name.text) continue;
        yield {
          message:
            `${server.address.text} is counted as two API servers and gets the clients of both: ` +
            `"${server.name.text}" of ${called(pool.proxy)} has the address of ` +
            `"${first.name.text}" on line ${first.name.source.line}`,
          source: server.address.source,
          hint: "write the address of each API server once",
        };
      }
    }
  },
});

/** Where another way leads to the same address it may be another server; a spare one gets nobody. */
const APART: ReadonlySet<string> = new Set(
  ["backup", "disabled", "namespace", "resolvers", "sni", "socks4", "source"],
);

function isPlain(pool: Pool, server: Server): boolean {
  return !server.many && !server.line.conditional && !/:[+-]/.test(server.address.text) &&
    paramsIn(pool, server).every(({ text }) => !APART.has(text));
}
