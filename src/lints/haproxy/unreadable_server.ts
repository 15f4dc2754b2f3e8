/** @module */
import { addressesOf } from "../../configs/haproxy_address.ts";
import {
  paramsOf,
  proxiesOf,
  type Proxy,
  type Server,
  serversOf,
  valueOf,
} from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { family } from "../../endpoint/network.ts";
import { called, files } from "./_api.ts";

/** A server whose address is none. */
export const unreadableServer = defineLint({
  code: "unreadable-server",
  severity: "error",
  title: "a server whose address is none",
  why: "What is no IP address HAProxy takes for the name of a host, which it looks up before it " +
    "starts: `10.0.0.300`, `10.0.0.22/24`, or an address of IPv6 without a port, whose last part " +
    "it takes for one. Nothing has such a name, and HAProxy refuses to start: `could not resolve " +
    "address`. With `init-addr none` it starts, and the server is never used. A port over 65535 " +
    "is refused as well. Tried with 2.6.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.300:6443 check
    server m2 fd00::22 check port 6443
    server m3 10.0.0.23:66443 check
`,
    },
    says: `lb1/haproxy.cfg:2:15: HAProxy does not start with this file: "10.0.0.300" of server ` +
      `"m1" of backend "apiserver" is no IP address, and no host has such a name ` +
      `[unreadable-server]
   hint: write an IP address and a port, such as 10.0.0.21:6443
lb1/haproxy.cfg:3:15: HAProxy does not start with this file: "fd00:" of server "m2" of backend ` +
      `"apiserver" is no IP address, and no host has such a name [unreadable-server]
   hint: write [fd00::22]:6443: what follows the last colon is the port
lb1/haproxy.cfg:4:15: HAProxy does not start with this file: port 66443 of server "m3" of ` +
      `backend "apiserver" is over 65535 [unreadable-server]
   hint: write a port from 1 to 65535, such as 6443`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    server m1 10.0.0.30:6443 check
    server m2 [fd00::22]:6443 check
    server m3 10.0.0.23:6443 check
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const proxy of proxiesOf(haproxy)) {
        for (const server of serversOf(proxy)) {
          if (!server.line.conditional) yield* judge(proxy, server);
        }
      }
    }
  },
});

function* judge(proxy: Proxy, server: Server) {
  const { name, address } = server;
  // A server has one address, and a template that nobody filled in is a trap of its own.
  const [found, other] = /[,<{%]/.test(address.text) ? [] : addressesOf(address);
  if (!found || other) return;
  const { host, port } = found;
  const refused = "HAProxy does not start with this file:";
  const whose = `of server "${name.text}" of ${called(proxy)}`;
  const { source } = address;
  if (port > 65_535) {
    const hint = "write a port from 1 to 65535, such as 6443";
    yield { message: `${refused} port ${port} ${whose} is over 65535`, source, hint };
  }
  if (!isNoAddress(host)) return;
  const waits = valueOf(paramsOf(proxy, server), "init-addr")?.text.includes("none");
  yield {
    message: `${waits ? "No client is ever sent there:" : refused} "${host}" ${whose} is no IP ` +
      "address, and no host has such a name",
    source,
    hint: family(address.text) === 6
      ? `write [${address.text}]:6443: what follows the last colon is the port`
      : "write an IP address and a port, such as 10.0.0.21:6443",
  };
}

/** Neither an address nor what a host may be called; `10.1` is the older way to write `10.0.0.1`. */
function isNoAddress(host: string): boolean {
  if (host.includes(":")) return !host.includes("%") && family(host) !== 6;
  const [digits, prefix] = host.split("/");
  if (digits === undefined || !/^\d+(?:\.\d+)+$/.test(digits)) return false;
  const parts = digits.split(".").map(Number);
  return prefix !== undefined || parts.length > 4 ||
    (parts.length === 4 && parts.some((it) => it > 255));
}
