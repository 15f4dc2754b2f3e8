/**
 * Asking an endpoint from outside, every address of it. Each has a prober of its own, which is a
 * thread of its own: what one waits for delays no request to another.
 * @module
 */
import { bracketed, ownAddressesOf } from "../addresses.ts";
import type { Endpoint } from "../model.ts";
import type { ProbeRecord, ProbeTarget } from "./model.ts";
import { type Trial, TrialError } from "./trial.ts";

/** Time between two requests to one address, in milliseconds. */
export const INTERVAL_MS = 20;

/** Deadline of each request, in milliseconds. */
export const TIMEOUT_MS = 1000;

/** How long the healthy endpoint is asked before and after. */
const HEALTHY_MS = 2000;

/**
 * Starts to ask every address, and sees all of them answer for a while.
 * @throws {TrialError} when one cannot be asked, or does not answer from here
 */
export async function startAsking({ endpoint, effects, probers }: Trial): Promise<void> {
  const all = ownAddressesOf(endpoint);
  for (const address of all) {
    try {
      probers.set(address, await effects.probe(targetOf(endpoint, address)));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new TrialError(error.message);
    }
  }
  await effects.sleep(HEALTHY_MS);
  if (effects.signal.aborted) return;
  for (const [address, prober] of probers) {
    const { requests, failures } = prober.counts();
    if (requests === 0 || failures < requests) continue;
    const way = all.length === 1 ? "" : "; drill.probe_from names a host that can ask all of them";
    throw new TrialError(
      `no request to ${bracketed(address)}:${endpoint.port} is answered here${way}`,
    );
  }
}

function targetOf(endpoint: Endpoint, address: string): ProbeTarget {
  return {
    address,
    port: endpoint.port,
    ...asked(endpoint),
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
    ...(endpoint.drill?.probeFrom === undefined ? {} : { from: endpoint.drill.probeFrom }),
  };
}

/** What HAProxy's own checks ask for; the seed's are not told. */
function asked({ profile, haproxy }: Endpoint): { path: string; guarded?: boolean } {
  if (profile === "guide") return { path: "/readyz" };
  const path = haproxy.checkPath ?? "/readyz";
  return haproxy.checkClient === undefined ? { path } : { path, guarded: true };
}

/** Requests that failed so far, of all addresses together. */
export function failuresSoFar({ probers }: Pick<Trial, "probers">): number {
  return [...probers.values()].reduce((sum, prober) => sum + prober.counts().failures, 0);
}

/** Requests that were answered so far, by address; none where nobody asks. */
export function answersSoFar({ probers }: Pick<Trial, "probers">): ReadonlyMap<string, number> {
  return new Map([...probers].map(([address, prober]) => {
    const { requests, failures } = prober.counts();
    return [address, requests - failures];
  }));
}

/**
 * Sees the endpoint be well for a while, and gives what was seen outside, by address. A prober that
 * died gives nothing, and is one of the problems.
 */
export async function endAsking(
  { effects, probers, problems }: Trial,
): Promise<ReadonlyMap<string, ProbeRecord>> {
  const records = new Map<string, ProbeRecord>();
  if (probers.size > 0 && !effects.signal.aborted) await effects.sleep(HEALTHY_MS);
  await Promise.all([...probers].map(async ([address, prober]) => {
    try {
      records.set(address, await prober.stop());
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(error.message);
    }
  }));
  return records;
}
