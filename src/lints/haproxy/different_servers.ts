/** @module */
import { defineLint } from "../../define.ts";
import { called, listed, type Pool, pools } from "./_api.ts";

/** A standby knows other API servers. */
export const differentServers = defineLint({
  code: "different-servers",
  severity: "warning",
  title: "load balancers with different API servers",
  why: "A standby that was forgotten when an API server was added, removed or moved sends " +
    "clients to the wrong ones from the moment it takes the address.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
      "lb2/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.32:6443 check
`,
    },
    says: `lb2/haproxy.cfg:4:9: warning: clients get other API servers when lb2 takes over: ` +
      `backend "apiserver" is without "10.0.0.22:6443" of lb1 and with "10.0.0.32:6443", ` +
      `which lb1 does not have [different-servers]
   hint: write the same servers on all load balancers`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
      "lb2/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
    server m2 10.0.0.22:6443 check
`,
    },
  },
  *check(subject) {
    const firsts = new Map<string, Pool>();
    for (const pool of pools(subject)) {
      const key = called(pool.proxy);
      const first = firsts.get(key);
      if (!first) firsts.set(key, pool);
      if (!first || first.node === pool.node) continue;
      const [theirs, own] = [addresses(first), addresses(pool)];
      const missing = [...theirs].filter((it) => !own.has(it));
      const more = [...own].filter((it) => !theirs.has(it));
      const word = pool.proxy.section.head.words[1];
      if (!word || (missing.length === 0 && more.length === 0)) continue;
      const what = [
        ...missing.length > 0 ? [`without ${listed(missing)} of ${first.node.name}`] : [],
        ...more.length > 0 ? [`with ${listed(more)}, which ${first.node.name} does not have`] : [],
      ];
      yield {
        message: `clients get other API servers when ${pool.node.name} takes over: ${key} is ` +
          what.join(" and "),
        source: word.source,
        hint: `write the same servers on all load balancers`,
      };
    }
  },
});

function addresses({ servers }: Pool): ReadonlySet<string> {
  return new Set(servers.map(({ address }) => address.text.toLowerCase()));
}
