/** Endpoints in failure domains, for the tests of this folder. */
import fc from "fast-check";
import type { Endpoint, Host, Member } from "../../src/model.ts";
import { type Case, simulate, type Simulation } from "../../src/simulate/simulate.ts";
import { hostFinder, type SiteOptions } from "../../src/simulate/site.ts";
import { endpoint, member } from "../endpoint/fixtures.ts";

/** A machine of an inventory: its name, and the failure domain that it is in. */
export type Machine = readonly [name: string, domain?: string | undefined];

/** A host of a name, an address and a failure domain. */
export function host(name: string, address: string, domain?: string): Host {
  const vars = domain === undefined ? {} : { failure_domain: domain };
  return { name, address, become: true, sshArgs: [], groups: [], vars };
}

/** A load balancer in a failure domain. */
export function balancer(name: string, address: string, domain?: string): Member {
  return { ...member(name, address), host: host(name, address, domain) };
}

/** An endpoint of these machines, each at an address of its own. */
export function site(
  balancers: readonly Machine[],
  servers: readonly Machine[],
  more: Partial<Endpoint> = {},
): { readonly of: Endpoint; readonly hosts: readonly Host[] } {
  const members = balancers.map(([name, domain], i) => balancer(name, `10.88.0.${11 + i}`, domain));
  const backends = servers.map(([name], i) => ({ name, address: `10.88.1.${11 + i}` }));
  const hosts = servers.map(([name, domain], i) => host(name, `10.88.1.${11 + i}`, domain));
  return {
    of: endpoint({ members, backends, ...more }),
    hosts: [...members.map((it) => it.host), ...hosts],
  };
}

/** Loses everything of an endpoint of these machines. */
export function simulated(
  balancers: readonly Machine[],
  servers: readonly Machine[],
  { more = {}, ...options }: SiteOptions & { readonly more?: Partial<Endpoint> } = {},
): Simulation {
  const { of, hosts } = site(balancers, servers, more);
  return own(of, hosts, options);
}

/** Loses everything that the endpoint's own service stands on. */
export function own(of: Endpoint, hosts: readonly Host[] = [], options: SiteOptions = {}) {
  const [found] = simulate(of, hostFinder(hosts), options);
  if (found === undefined) throw new Error("an endpoint without a service");
  return found;
}

/** The case in which exactly these are lost. */
export function without(found: Simulation, ...names: readonly string[]): Case["outcome"] {
  const all = [...found.singles, ...found.doubles];
  const wanted = names.toSorted().join();
  const one = all.find(({ lost }) => lost.map(({ name }) => name).toSorted().join() === wanted);
  if (one === undefined) throw new Error(`no case without ${wanted}`);
  return one.outcome;
}

const domain = fc.constantFrom(undefined, "a", "b", "c");

/** Any endpoint: up to four load balancers, up to six API servers, in up to three domains. */
export const anySimulation: fc.Arbitrary<Simulation> = fc.record({
  balancers: fc.array(domain, { minLength: 1, maxLength: 4 }),
  servers: fc.array(domain, { minLength: 1, maxLength: 6 }),
  shared: fc.nat(2),
  profile: fc.constantFrom("guide" as const, "standard" as const, "fast" as const),
  externalEtcd: fc.boolean(),
}).map(({ balancers, servers, shared, profile, externalEtcd }) => {
  const { of, hosts } = site(
    balancers.map((it, i) => [`lb${i + 1}`, it] as const),
    servers.map((it, i) => [`m${i + 1}`, it] as const),
    { profile },
  );
  // So many API servers run on load balancers.
  const backends = of.backends.map((it, i) => {
    const member = i < shared ? of.members[i] : undefined;
    return member === undefined ? it : { ...it, address: member.host.address };
  });
  return own({ ...of, backends }, hosts, { externalEtcd });
});
