/**
 * Whether the settings of an endpoint can keep what its owner promises, and which ones could.
 * Arithmetic only.
 * @module
 */
import type { Endpoint } from "../model.ts";
import { advertMs } from "./derive.ts";
import { type Fault, predictedFailoverMs } from "./predict.ts";

/**
 * Faults that `slo.failover` is about: what one load balancer can suffer while its way to the API
 * servers is good. How long those are missed when they fail is for HAProxy's checks.
 */
const PROMISED: ReadonlySet<Fault> = new Set<Fault>([
  "holder-lost",
  "holder-stopped",
  "holder-returned",
  "keepalived-killed",
  "keepalived-frozen",
  "adverts-blocked",
  "address-removed",
  "haproxy-dead",
  "haproxy-hung",
  "reloaded",
]);

/** Whether `slo.failover` is about a fault. */
export function isPromised(fault: Fault): boolean {
  return PROMISED.has(fault);
}

/** How long clients would be without an answer after a fault. */
export interface FaultTime {
  /** What breaks. */
  readonly fault: Fault;
  /** Longest wait in milliseconds; 0: somebody answers all the time. */
  readonly ms: number;
  /** Whether `slo.failover` is about it. */
  readonly promised: boolean;
}

/** The longest wait after every fault. */
export function faultTimes(endpoint: Endpoint): readonly FaultTime[] {
  return (Object.entries(predictedFailoverMs(endpoint)) as [Fault, number][])
    .map(([fault, ms]) => ({ fault, ms, promised: isPromised(fault) }));
}

/** Faults after which clients would wait longer than `slo.failover`, the longest wait first. */
export function brokenPromises(endpoint: Endpoint): readonly FaultTime[] {
  return faultTimes(endpoint)
    .filter(({ ms, promised }) => promised && ms > endpoint.slo.failoverMs)
    .toSorted((a, b) => b.ms - a.ms);
}

/** Seconds between adverts that are worth a try, from the gentlest. */
const ADVERTS = ["auto", 0.2, 0.1] as const;

/**
 * What to write in the inventory so that `slo.failover` can be kept: the smallest change first, and
 * a longer promise where no profile can keep this one.
 *
 * @example
 * ```ts
 * import type { Endpoint } from "../model.ts";
 * import { remedy } from "./promise.ts";
 *
 * const hint = (endpoint: Endpoint) => `type ${remedy(endpoint)}`;
 * ```
 */
export function remedy(endpoint: Endpoint): string {
  const fits = (changed: Endpoint) => brokenPromises(changed).length === 0;
  const { profile } = endpoint;
  const adverts = profile === "guide" ? [] : ADVERTS.map((it) => [advert(it), it] as const)
    .filter(([, it]) => advertMs(withAdvert(endpoint, it)).value < advertMs(endpoint).value);
  for (const [text, interval] of adverts) {
    if (fits(withAdvert(endpoint, interval))) return text;
  }
  for (const other of (["standard", "fast"] as const).filter((it) => it !== profile)) {
    if (fits({ ...endpoint, profile: other })) return `profile: ${other}`;
    if (fits(withAdvert({ ...endpoint, profile: other }, "auto"))) {
      return `profile: ${other}, ${advert("auto")}`;
    }
  }
  return longerPromise(endpoint);
}

/** The shortest promise that can be kept, and all that must be changed for it. */
function longerPromise(endpoint: Endpoint): string {
  const fast: Endpoint = { ...endpoint, profile: "fast" };
  const slowed = advertMs(fast).value > advertMs(withAdvert(fast, "auto")).value;
  const times = faultTimes(slowed ? withAdvert(fast, "auto") : fast);
  const least = Math.max(...times.filter(({ promised }) => promised).map(({ ms }) => ms));
  const changes = [
    ...(endpoint.profile === "fast" ? [] : ["profile: fast"]),
    ...(slowed ? [advert("auto")] : []),
  ];
  const beside = changes.length === 0 ? "" : ` with ${changes.join(" and ")}`;
  const most = Math.ceil(least / 100) * 100;
  return `slo: { failover: ${most}ms }${beside}, the least that a profile can keep`;
}

/**
 * The `vrrp.advert_interval` in milliseconds that makes a failover of a broken promise slower than
 * its profile does; undefined: the inventory has none, or none that does.
 */
export function slowAdvertMs(endpoint: Endpoint): number | undefined {
  const auto = new Map(
    faultTimes(withAdvert(endpoint, "auto")).map(({ fault, ms }) => [fault, ms]),
  );
  const slower = brokenPromises(endpoint).some(({ fault, ms }) => ms > (auto.get(fault) ?? ms));
  return slower ? advertMs(endpoint).value : undefined;
}

function withAdvert(endpoint: Endpoint, advertInterval: number | "auto"): Endpoint {
  return { ...endpoint, vrrp: { ...endpoint.vrrp, advertInterval } };
}

const advert = (interval: number | "auto") => `vrrp: { advert_interval: ${interval} }`;
