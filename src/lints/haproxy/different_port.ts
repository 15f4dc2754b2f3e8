/** @module */
import { type Bind, bindsOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import type { Subject } from "../model.ts";
import { joined, pools } from "./_api.ts";

/** A standby listens elsewhere. */
export const differentPort = defineLint({
  code: "different-port",
  severity: "error",
  title: "load balancers that listen on different ports",
  why: "Clients know one address and one port. A standby that listens on another port looks " +
    "healthy until it takes the address: then every client is refused.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
`,
      "lb2/haproxy.cfg": `frontend apiserver
    bind *:9443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
    says: `lb2/haproxy.cfg:2:10: clients are refused when lb2 takes over: it listens on 9443, ` +
      `and lb1 on 8443 [different-port]
   hint: write the same ports on all load balancers`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
`,
      "lb2/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    const all = listeners(subject);
    const [first, ...others] = all;
    for (const other of first ? others : []) {
      const missing = [...first!.ports].filter((port) => !other.ports.has(port));
      if (missing.length === 0) continue;
      const own = [...other.ports].map(String);
      yield {
        message: `clients are refused when ${other.name} takes over: it listens on ` +
          `${joined(own)}, and ${first!.name} on ${joined([...first!.ports].map(String))}`,
        source: other.bind.word.source,
        hint: `write the same ports on all load balancers`,
      };
    }
  },
});

interface Listener {
  readonly name: string;
  readonly ports: ReadonlySet<number>;
  readonly bind: Bind;
}

/** The ports on which each load balancer takes clients of the API; without those that are not known. */
function listeners(subject: Subject): readonly Listener[] {
  return subject.nodes.flatMap((node): Listener[] => {
    const binds = [...pools({ ...subject, nodes: [node] })]
      .flatMap(({ fronts }) => fronts.flatMap((it) => bindsOf(it)));
    const ports = new Set(
      binds.flatMap(({ addresses }) => addresses).filter(({ host }) => !/^127\.|^::1$/.test(host))
        .map(({ port }) => port),
    );
    const [bind] = binds;
    const known = binds.every(({ addresses }) => addresses.length > 0);
    return bind && known && ports.size > 0 ? [{ name: node.name, ports, bind }] : [];
  });
}
