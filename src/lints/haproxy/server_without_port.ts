/** @module */
import { addressesOf } from "../../configs/haproxy_address.ts";
import {
  isOn,
  linesOf,
  paramsOf,
  proxiesOf,
  type Proxy,
  type Server,
  serversOf,
  valueOf,
} from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { family } from "../../endpoint/network.ts";
import { called, checksOf, files, has } from "./_api.ts";

/** A check that goes to no port. */
export const serverWithoutPort = defineLint({
  code: "server-without-port",
  severity: "error",
  title: "a server that is checked, and has no port",
  why: "Without a port behind its address a server gets clients at the port that they came to; a " +
    "check comes from nowhere, and HAProxy refuses the file: `server 'm2' has neither service port " +
    "nor check port`. Tried with 2.6: so it is with `:+1` behind the address, too, and `port`, or a " +
    "port in `addr`, mends it.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22 check
`,
    },
    says: `lb1/haproxy.cfg:3:15: HAProxy does not start with this file: "m2" of backend ` +
      `"apiserver" is checked, and no port is written to check [server-without-port]
   hint: write 10.0.0.22:6443`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22 check port 6443
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const proxy of proxiesOf(haproxy)) {
        if (checksElsewhere(proxy)) continue;
        const servers = serversOf(proxy);
        for (const server of servers.filter((it) => lacksPort(proxy, it))) {
          const { name, address } = server;
          yield {
            message: `HAProxy does not start with this file: "${name.text}" of ${called(proxy)} ` +
              "is checked, and no port is written to check",
            source: address.source,
            hint: `write ${address.text.replace(/:[+-]?\d*$/, "")}:${portOf(servers) ?? 6443}`,
          };
        }
      }
    }
  },
});

/** A name may turn out to be anything; only of an IP address HAProxy is that strict. */
function lacksPort(proxy: Proxy, server: Server): boolean {
  const { address, line } = server;
  const params = paramsOf(proxy, server);
  if (line.conditional || !isOn(params, "check") || valueOf(params, "track")) return false;
  if (valueOf(params, "port") || valueOf(params, "addr")) return false;
  const relative = /:[+-]/.test(address.text);
  return addressesOf(address).some(({ host, port }) =>
    family(host) !== undefined && (relative || port === 0)
  );
}

/** The check says itself where it goes to, or is a program, or nothing of the section counts. */
function checksElsewhere(proxy: Proxy): boolean {
  const connects = [...linesOf(proxy, "tcp-check"), ...linesOf(proxy, "http-check")]
    .some((it) => has(it, "port") || has(it, "addr"));
  return connects || proxy.section.lines.some(({ words }) => words[0]?.text === "disabled") ||
    checksOf(proxy).some(({ kind }) => kind === "external-check");
}

function portOf(servers: readonly Server[]): number | undefined {
  return servers.flatMap(({ address }) => addressesOf(address)).find(({ port }) => port > 0)?.port;
}
