/**
 * What one member's configuration holds that nobody has to write: from the endpoint and what is
 * known about the hosts to values, each with its reason. Pure.
 * @module
 */
import { TaskError } from "../errors.ts";
import type { Endpoint, Member, World } from "../model.ts";
import { remembered } from "../remembered.ts";
import { servicesOf } from "../services.ts";
import type { Reasoned } from "./reasoned.ts";
import { type Instance, instances } from "./instances.ts";
import { family } from "./network.ts";
import { podVersion } from "./pods.ts";
import { settings } from "./profile.ts";
import { versionOf } from "./version.ts";

export type { Instance } from "./instances.ts";
export type { Reasoned } from "./reasoned.ts";

/** Everything derived for one member. */
export interface Derived {
  /** Its VRRP instances, one of each family that has an address, that of the first address first. */
  readonly instances: readonly Instance[];
  /** VRRP priority. */
  readonly priority: Reasoned<number>;
  /** Priority lost while no API server of a service is seen, once for each; negative. */
  readonly weight: Reasoned<number>;
  /** State at start. */
  readonly state: Reasoned<"MASTER" | "BACKUP">;
  /** Virtual router id. */
  readonly routerId: Reasoned<number>;
  /** Milliseconds between adverts. */
  readonly advertMs: Reasoned<number>;
  /** Version of VRRP. */
  readonly vrrpVersion: Reasoned<2 | 3>;
  /** Balance algorithm. */
  readonly balance: Reasoned<string>;
  /** Version of HAProxy that is rendered for. */
  readonly haproxy: Reasoned<string>;
  /** Version of Keepalived that is rendered for. */
  readonly keepalived: Reasoned<string>;
}

/** Derives everything for one member. @throws {TaskError} when something cannot be known */
export function derive(endpoint: Endpoint, member: Member, world: World): Derived {
  const { vrrpVersion, balance } = settings(endpoint);
  const name = member.host.name;
  return {
    instances: instances(endpoint, member, world),
    priority: priorities(endpoint).get(name) ?? missing(name),
    weight: weight(endpoint),
    state: state(endpoint, member),
    routerId: routerId(endpoint),
    advertMs: advertMs(endpoint),
    vrrpVersion: { value: vrrpVersion, reason: `profile ${endpoint.profile}` },
    balance: endpoint.haproxy.balance === "auto"
      ? { value: balance, reason: `profile ${endpoint.profile}` }
      : { value: endpoint.haproxy.balance, reason: "set in the inventory" },
    // Asked for when a file needs it: the one may be known while the other is not.
    get haproxy() {
      return version("haproxy", endpoint, name, world);
    },
    get keepalived() {
      return version("keepalived", endpoint, name, world);
    },
  };
}

/** Connections beside those of clients that HAProxy accepts: its health and metrics listeners. */
export const OWN_CONNECTIONS = 100;
/** What haproxy.service may have at least: below the lowest hard limit that was met on a host, 20,000. */
export const DESCRIPTORS = 16_384;

/** How many connections HAProxy accepts: of clients of each service, and in all. */
export function connections(endpoint: Endpoint): { clients: number; all: number } {
  const clients = endpoint.haproxy.maxConnections ?? 4000;
  // One limit for all would have Keepalived refused with the clients, and the address would leave;
  // and the clients of one service would take those of another with them.
  return { clients, all: clients * servicesOf(endpoint).length + OWN_CONNECTIONS };
}

/** Descriptors that haproxy.service may have: two for each connection, and some for the rest. */
export function descriptors(endpoint: Endpoint): Reasoned<number> {
  const { all } = connections(endpoint);
  const needed = 2 * all + 1000;
  return needed <= DESCRIPTORS
    ? { value: DESCRIPTORS, reason: `more than twice ${all} connections, for which it is enough` }
    : { value: needed, reason: `twice ${all} connections and 1,000 more` };
}

/** Connections of clients of each service for which so many descriptors are enough; may be negative. */
export function clientsWithin(descriptors: number, endpoint: Endpoint): number {
  return Math.floor(((descriptors - 1000) / 2 - OWN_CONNECTIONS) / servicesOf(endpoint).length);
}

/** Priority of every member by host name: set by hand, else by position and all different. */
export const priorities: (
  endpoint: Endpoint,
) => ReadonlyMap<string, Reasoned<number>> = remembered((endpoint) => {
  const { members, profile } = endpoint;
  const { top, step } = settings(endpoint).priorities;
  const first = () => spread(endpoint, top, step);
  let values = first();
  // Priorities by hand pull the derived ones towards them until a failed check can move the
  // address. The seed's weight is fixed, so there is nothing to search.
  const works = () => workable(values, endpoint);
  for (let next = top - 10; profile !== "guide" && !works() && next > 1; next -= 10) {
    values = spread(endpoint, next, step);
    if (!works()) values = spread(endpoint, next, 1);
  }
  if (profile !== "guide" && !works()) values = first();
  return new Map(members.map((member, i) => [
    member.host.name,
    {
      value: values[i] ?? 1,
      reason: member.priority === undefined
        ? `${ordinal(i)} of ${members.length} in the inventory`
        : "set in the inventory",
    },
  ]));
});

/**
 * Priority that a member loses for each service of which it sees no API server: more than the
 * members are apart, and with all of them lost never below 1.
 * @throws {TaskError} when priorities set by hand are too far apart for any weight to work
 */
export function weight(endpoint: Endpoint): Reasoned<number> {
  const preferred = settings(endpoint).weight;
  if (endpoint.profile === "guide") return { value: -preferred, reason: "the seed document" };
  const values = [...priorities(endpoint).values()].map((it) => it.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!workable(values, endpoint)) throw noWeight(endpoint, low, high);
  const value = Math.min(largest(low, endpoint), Math.max(preferred, high - low + 10));
  const each = servicesOf(endpoint).length === 1
    ? ""
    : ", for each service that it sees nothing of";
  return {
    value: -value,
    reason: `more than the ${high - low} that the priorities are apart${each}`,
  };
}

/** Derived priorities give way: it is the lowest of those set by hand that others are too far from. */
function noWeight(endpoint: Endpoint, low: number, high: number): TaskError {
  const { also = [] } = endpoint;
  const byHand = endpoint.members.filter(({ priority }) => priority !== undefined)
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  const named = byHand.map(({ host, priority }) => `${priority} of "${host.name}"`).join(", ");
  const host = byHand[0]?.host.name;
  return new TaskError(
    `Cannot choose a weight for endpoint "${endpoint.name}": priorities ${low} to ${high} are ` +
      `${high - low} apart, and no weight both exceeds that and ${
        also.length === 0 ? "" : `${also.length + 1} times, once for each service, `
      }leaves ${low} above 0` +
      (named === "" ? "" : `; endpoint_host.priority is ${named}`),
    host === undefined ? undefined : { host, path: ["endpoint_host", "priority"] },
  );
}

/** Virtual router id: set by hand, else the last octet of the address, and never 51. */
export function routerId(endpoint: Endpoint): Reasoned<number> {
  const { routerId } = endpoint.vrrp;
  if (routerId !== "auto") return { value: routerId, reason: "set in the inventory" };
  const last = lastOctet(endpoint.address);
  const reason = `last octet of ${endpoint.address}`;
  if (last >= 1 && last <= 255 && last !== 51) return { value: last, reason };
  // Every guide on the web says 51, so the next network probably has one already.
  return { value: last === 51 ? 251 : 252, reason: `${reason} is ${last}, which is avoided` };
}

/** Milliseconds between adverts: set by hand, else by profile. */
export function advertMs(endpoint: Endpoint): Reasoned<number> {
  const { advertInterval } = endpoint.vrrp;
  const preset = settings(endpoint).advertMs;
  if (endpoint.profile === "guide") {
    return { value: preset, reason: "the seed document sets none: Keepalived's default" };
  }
  return advertInterval === "auto"
    ? { value: preset, reason: `profile ${endpoint.profile}` }
    : { value: Math.round(advertInterval * 1000), reason: "set in the inventory" };
}

/** State at start: `BACKUP` everywhere, but in profile `guide` the strongest is `MASTER`. */
export function state(endpoint: Endpoint, member: Member): Derived["state"] {
  if (endpoint.profile !== "guide") {
    return {
      value: "BACKUP",
      reason: "on every member: the priority decides, nobody starts as holder",
    };
  }
  if (member.state !== undefined) return { value: member.state, reason: "set in the inventory" };
  const all = priorities(endpoint);
  const own = all.get(member.host.name)?.value ?? 0;
  const highest = Math.max(...[...all.values()].map((it) => it.value));
  return own === highest
    ? { value: "MASTER", reason: `highest priority of ${all.size}` }
    : { value: "BACKUP", reason: `priority ${own} is below ${highest}` };
}

function version(
  daemon: "haproxy" | "keepalived",
  { pods }: Endpoint,
  host: string,
  world: World,
): Reasoned<string> {
  if (pods !== undefined) return podVersion(daemon, pods);
  const seen = world.facts.get(host)?.packages[daemon];
  const reason = seen?.installed ? "installed" : seen?.candidate ? "will be installed" : "assumed";
  return { value: versionOf(daemon, host, world), reason };
}

/** Priorities by position from a top value, around those that are set by hand. */
function spread(endpoint: Endpoint, top: number, step: number): number[] {
  const taken = new Set(endpoint.members.flatMap((it) => it.priority ?? []));
  return endpoint.members.map((member, i) => {
    if (member.priority !== undefined) return member.priority;
    let value = top - i * step;
    while (taken.has(value)) value--;
    taken.add(value);
    return value;
  });
}

/** The largest weight that leaves this priority above zero when every service takes it. */
function largest(priority: number, endpoint: Endpoint): number {
  return Math.floor((priority - 1) / servicesOf(endpoint).length);
}

/** Whether some weight exceeds the distance and still leaves the lowest above zero. */
function workable(values: readonly number[], endpoint: Endpoint): boolean {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const inRange = low >= 1 && high <= 254 && new Set(values).size === values.length;
  return inRange && high - low < largest(low, endpoint);
}

function lastOctet(address: string): number {
  if (family(address) === 4) return Number(address.split(".").at(-1));
  const tail = address.split(":").at(-1) ?? "";
  return (tail.includes(".") ? Number(tail.split(".").at(-1)) : parseInt(tail || "0", 16)) & 0xff;
}

function ordinal(index: number): string {
  return ["first", "second", "third"][index] ?? `number ${index + 1}`;
}

function missing(host: string): never {
  throw new TypeError(`Cannot derive for "${host}": it is no member of the endpoint`);
}
