/**
 * The machines that one service of an endpoint stands on, as far as their loss matters: load
 * balancers, API servers, and the failure domains that they share. Pure.
 * @module
 */
import { priorities, weight } from "../endpoint/derive.ts";
import { canonicalIp } from "../inventory/connection/grammar.ts";
import type { Endpoint, Host } from "../model.ts";
import { type Service, servicesOf } from "../services.ts";
import { domainsOf, type Placed, type RunsOn } from "./domains.ts";

/** A load balancer. */
export interface Balancer {
  /** Name of its host. */
  readonly name: string;
  /** VRRP priority: of those that are left the highest holds the address. */
  readonly priority: number;
  /** Failure domains that its machine is in; more than one where two names of it disagree. */
  readonly domains: readonly string[];
  /** Set where a platform has said it: these are physical hosts. */
  readonly placed?: Placed;
}

/** An API server. */
export interface Server {
  /** Name of the backend. */
  readonly name: string;
  /** Its address, in the one form that is compared. */
  readonly address: string;
  /** The load balancer on whose machine it runs. */
  readonly balancer?: string;
  /** Failure domains that its machine is in. */
  readonly domains: readonly string[];
  /** Set where a platform has said it: these are physical hosts. */
  readonly placed?: Placed;
}

/** What one service of an endpoint stands on. */
export interface Site {
  /** Load balancers in inventory order. */
  readonly balancers: readonly Balancer[];
  /** API servers of the service, in inventory order. */
  readonly servers: readonly Server[];
  /** Priority that a load balancer loses while it sees no API server of the service; negative. */
  readonly weight: number;
  /** Members of etcd that must be left; unset: etcd runs elsewhere, and nothing is known of it. */
  readonly quorum?: number;
  /** Health checks ask for readiness: an API server without etcd is taken out. */
  readonly asksReadiness: boolean;
}

/** What the inventory does not say. */
export interface SiteOptions {
  /** etcd does not run beside the API servers. @default {false} */
  readonly externalEtcd?: boolean;
  /** Where machines run; what the inventory declares of these is not looked at. @default {nothing} */
  readonly runsOn?: RunsOn;
}

/** Finds every host of an inventory that is this machine: by its name or by its address. */
export type FindHosts = (machine: Machine) => readonly Host[];

/** What tells machines apart. */
export interface Machine {
  /** Its name. */
  readonly name: string;
  /** Its address. */
  readonly address: string;
}

/** Prepares finding: an inventory may hold thousands of hosts, and a thousand endpoints. */
export function hostFinder(hosts: readonly Host[]): FindHosts {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const byAddress = Map.groupBy(hosts, ({ address }) => canonicalIp(address));
  return ({ name, address }) => {
    const own = byName.get(name);
    return [...own === undefined ? [] : [own], ...byAddress.get(canonicalIp(address)) ?? []];
  };
}

/**
 * What a service of an endpoint stands on. A backend is on the machine of the host that has its name or its
 * address, and shares that one's `failure_domain`.
 * @throws {TaskError} when the priorities set by hand leave no weight that works
 */
export function siteOf(
  endpoint: Endpoint,
  { endpoint: { backends } }: Pick<Service, "endpoint">,
  find: FindHosts,
  { externalEtcd = false, runsOn = new Map() }: SiteOptions = {},
): Site {
  const { members } = endpoint;
  // Priorities and weight are those of the whole endpoint: its services share them.
  const ranks = priorities(endpoint);
  const domains = (machine: Machine) => domainsOf(find(machine), runsOn);
  return {
    balancers: members.map(({ host }) => ({
      name: host.name,
      priority: ranks.get(host.name)?.value ?? 1,
      ...domains(host),
    })),
    servers: backends.map((backend) => {
      const member = members.find(({ host }) => isSame(host, backend));
      return {
        name: backend.name,
        address: canonicalIp(backend.address),
        ...(member === undefined ? {} : { balancer: member.host.name }),
        ...domains(backend),
      };
    }),
    weight: weight(endpoint).value,
    ...(externalEtcd ? {} : { quorum: Math.floor(backends.length / 2) + 1 }),
    asksReadiness: endpoint.profile !== "guide",
  };
}

/** The hosts of the inventory that an endpoint's machines are, by name or by address. */
export function machinesOf(endpoint: Endpoint, find: FindHosts): readonly Host[] {
  const backends = servicesOf(endpoint).flatMap((it) => it.endpoint.backends);
  const { members } = endpoint;
  return [...new Set([...members.map(({ host }) => host), ...backends].flatMap(find))];
}

function isSame(a: Machine, b: Machine): boolean {
  return a.name === b.name || canonicalIp(a.address) === canonicalIp(b.address);
}
