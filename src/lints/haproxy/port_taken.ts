/** @module */
import { addressesOf } from "../../configs/haproxy_address.ts";
import {
  type Bind,
  bindsOf,
  linesOf,
  listensOn,
  proxiesOf,
  type Proxy,
  serversOf,
} from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** HAProxy or the API server does not start. */
export const portTaken = defineLint({
  code: "port-taken",
  severity: "error",
  title: "a port that an API server on the same host has",
  why: "Where a load balancer is also a master, `bind *:6443` and an API server on port 6443 " +
    "want the same port: the second one to start fails (`Address already in use`), and " +
    "`haproxy -c` says nothing. Take another port for the endpoint, or bind an address that " +
    "the API server does not use.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:6443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.11:6443 check
    server m2 10.0.0.12:6443 check
`,
    },
    addresses: { lb1: ["10.0.0.11"] },
    says: `lb1/haproxy.cfg:2:10: HAProxy or the API server does not start on lb1: both want ` +
      `port 6443 of 10.0.0.11, where server "m1" of backend "apiserver" listens ` +
      `[port-taken]
   hint: choose another port for clients, such as 8443`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.11:6443 check
    server m2 10.0.0.12:6443 check
`,
    },
    addresses: { lb1: ["10.0.0.11"] },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      const proxies = proxiesOf(haproxy);
      const own = new Set(node.addresses.map((it) => it.toLowerCase()));
      const local = proxies.flatMap((proxy) =>
        serversOf(proxy).map((server) => ({ proxy, server }))
      )
        .flatMap(({ proxy, server }) =>
          addressesOf(server.address)
            .filter(({ host }) => own.has(host) || /^127\.|^::1$/.test(host))
            .map(({ host, port }) => ({ proxy, name: server.name.text, host, port }))
        );
      for (const bind of proxies.flatMap((it) => bindsOf(it))) {
        // A proxy of HAProxy itself may well be the server of another one.
        const taken = local.find(({ host, port, proxy }) =>
          listensOn(bind, host, port) && leadsTo(bind, proxy)
        );
        if (!taken) continue;
        yield {
          message: `HAProxy or the API server does not start on ${node.name}: both want port ` +
            `${taken.port} of ${taken.host}, where server "${taken.name}" of ` +
            `${called(taken.proxy)} listens`,
          source: bind.word.source,
          hint: `choose another port for clients, such as 8443`,
          setting: ["port"],
        };
      }
    }
  },
});

/** Whether clients of a bind are led to this backend: then it is not the server itself. */
function leadsTo({ proxy }: Bind, backend: Proxy): boolean {
  return proxy === backend ||
    [...linesOf(proxy, "default_backend"), ...linesOf(proxy, "use_backend")]
      .some(({ words }) => words[1]?.text === backend.name);
}
