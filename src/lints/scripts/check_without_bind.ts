/** @module */
import { addressesOf } from "../../configs/haproxy_address.ts";
import { bindsOf, listensOn, proxiesOf, serversOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import type { Node } from "../model.ts";
import { checks, type Url, virtualAddresses } from "./_checks.ts";

/** The check asks where nobody listens. */
export const checkWithoutBind = defineLint({
  code: "check-without-bind",
  severity: "error",
  title: "a check that asks a port nobody listens on",
  why: "A `bind` to one address does not listen on loopback. A check that asks there is always " +
    "red (`curl: (7)`), on every member: nobody holds the address, or whoever has the " +
    "highest priority does whatever its state.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind 10.0.0.10:8443 transparent
    default_backend apiserver
`,
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null https://localhost:8443/readyz
`,
    },
    says: `lb1/check_apiserver.sh:2:36: the check is red whatever happens: it asks localhost ` +
      `on port 8443, where no bind of lb1/haproxy.cfg listens [check-without-bind]
   hint: ask where HAProxy listens, or write "bind *:8443"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
`,
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null https://localhost:8443/readyz
`,
    },
  },
  *check(subject) {
    for (const { node, requests } of checks(subject)) {
      const { haproxy } = node;
      if (!haproxy) continue;
      const binds = proxiesOf(haproxy).flatMap((it) => bindsOf(it));
      // One that cannot be read may be the one.
      if (binds.length === 0 || binds.some(({ addresses }) => addresses.length === 0)) continue;
      const local = new Set(
        proxiesOf(haproxy).flatMap((it) => serversOf(it))
          .flatMap(({ address }) => addressesOf(address))
          .filter((it) => node.addresses.length === 0 || ipsOf(it.host, node).length > 0)
          .map(({ port }) => port),
      );
      for (const { word, host, port } of requests.flatMap(({ urls }) => urls)) {
        const own = ipsOf(host, node);
        const other = Number.isNaN(port) || OTHERS.has(port) || local.has(port);
        const heard = own.some((ip) => binds.some((it) => listensOn(it, ip, port)));
        if (own.length === 0 || other || heard) continue;
        yield {
          message: `the check is red whatever happens: it asks ${host} on port ${port}, where no ` +
            `bind of ${haproxy.file} listens`,
          source: word.source,
          hint: `ask where HAProxy listens, or write "bind *:${port}"`,
        };
      }
    }
  },
});

/** Ports of other programs of a master that a check may ask: kubelet, etcd, kube-scheduler. */
const OTHERS: ReadonlySet<number> = new Set([
  2379,
  2381,
  10248,
  10249,
  10250,
  10255,
  10256,
  10257,
  10259,
]);

/** Addresses of the load balancer itself that a host stands for; none: it is another host. */
function ipsOf(host: Url["host"], node: Node): readonly string[] {
  if (host === "localhost") return ["127.0.0.1", "::1"];
  const own = /^127\./.test(host) || host === "::1" || node.addresses.includes(host) ||
    virtualAddresses(node).has(host);
  return own ? [host] : [];
}
