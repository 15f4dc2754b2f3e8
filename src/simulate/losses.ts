/**
 * What can be lost at once: a load balancer, an API server, a failure domain, and two of these.
 * Pure.
 * @module
 */
import type { Site } from "./site.ts";

/** One thing that can be lost, and what goes with it. */
export interface Loss {
  /** What it is. */
  readonly kind: "load-balancer" | "api-server" | "failure-domain";
  /** Its name. */
  readonly name: string;
  /** Load balancers that are gone then. */
  readonly balancers: readonly string[];
  /** API servers that are gone then. */
  readonly servers: readonly string[];
  /** A failure domain that is a physical host, as a platform has said. */
  readonly physical?: true;
}

/**
 * Every single loss: load balancers first, then API servers, then failure domains by name. A load
 * balancer takes the API server of its machine with it, which is no loss of its own then.
 */
export function lossesOf({ balancers, servers }: Site): readonly Loss[] {
  const on = (name: string) => servers.filter((it) => it.balancer === name).map((it) => it.name);
  const machines = [...balancers, ...servers];
  const domains = new Set(machines.flatMap((it) => it.domains));
  const physical = new Set(machines.flatMap((it) => it.placed === undefined ? [] : it.domains));
  return [
    ...balancers.map(({ name }): Loss => ({
      kind: "load-balancer",
      name,
      balancers: [name],
      servers: on(name),
    })),
    ...servers.filter((it) => it.balancer === undefined).map(({ name }): Loss => ({
      kind: "api-server",
      name,
      balancers: [],
      servers: [name],
    })),
    ...[...domains].sort().map((name): Loss => {
      const gone = balancers.filter((it) => it.domains.includes(name)).map((it) => it.name);
      const lost = (it: Site["servers"][number]) =>
        it.domains.includes(name) || (it.balancer !== undefined && gone.includes(it.balancer));
      const lostServers = servers.filter(lost).map((it) => it.name);
      return {
        ...{ kind: "failure-domain", name, balancers: gone, servers: lostServers },
        ...(physical.has(name) && { physical: true }),
      };
    }),
  ];
}

/** Every two losses, without those where one holds all that the other one does. */
export function pairsOf(losses: readonly Loss[]): readonly (readonly [Loss, Loss])[] {
  return losses.flatMap((a, i) =>
    losses.slice(i + 1).filter((b) => !holds(a, b) && !holds(b, a)).map((b) => [a, b] as const)
  );
}

/** Whether all that is gone with `small` is gone with `large` too. */
export function holds(large: Gone, small: Gone): boolean {
  return small.balancers.every((name) => large.balancers.includes(name)) &&
    small.servers.every((name) => large.servers.includes(name));
}

/** What is gone. */
export type Gone = Pick<Loss, "balancers" | "servers">;

/** What is gone when all of these are lost. */
export function goneWith(losses: readonly Loss[]): Gone {
  return {
    balancers: [...new Set(losses.flatMap(({ balancers }) => balancers))],
    servers: [...new Set(losses.flatMap(({ servers }) => servers))],
  };
}

/**
 * API servers of another service of the same load balancers that go with these losses: those on a
 * machine that is gone, and those in a failure domain that is.
 */
export function goneElsewhere(
  losses: readonly Loss[],
  site: Site,
  { servers }: Site,
): readonly string[] {
  const gone = goneWith(losses);
  const domains = losses.filter(({ kind }) => kind === "failure-domain").map(({ name }) => name);
  // By address alone: a second cluster may well have an m1 of its own.
  const addresses = site.servers.filter(({ name }) => gone.servers.includes(name))
    .map(({ address }) => address);
  return servers.filter((it) =>
    it.domains.some((name) => domains.includes(name)) ||
    (it.balancer !== undefined && gone.balancers.includes(it.balancer)) ||
    addresses.includes(it.address)
  ).map(({ name }) => name);
}
