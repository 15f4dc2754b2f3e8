/**
 * The eyes of a drill: a sampler on every member, the clocks of all of them, and a prober outside.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { Endpoint } from "../model.ts";
import type { HostRecord, ProbeRecord } from "./model.ts";
import { CLOCK_SCRIPT, parseClock } from "./remote/clock.ts";
import { fetchScript, samplerScript, stopSamplerScript } from "./remote/sampler.ts";
import { listed, say, type Trial, TrialError } from "./trial.ts";

/** Time between two requests, in milliseconds. */
export const INTERVAL_MS = 20;

/** Deadline of each request, in milliseconds. */
export const TIMEOUT_MS = 1000;

/** How long the healthy endpoint is watched before and after. */
const HEALTHY_MS = 2000;

/** Exchanges about the clock of a host at one time; the tightest of them counts. */
const CLOCK_READINGS = 8;

/**
 * Starts to watch, and sees the healthy endpoint answer for a while.
 * @throws {TrialError} when it cannot be watched, or does not answer from here
 */
export async function startWatch(trial: Trial): Promise<void> {
  const { endpoint, effects, fleet } = trial;
  say(trial, "watch", `watch ${listed(fleet.names)}, and ask ${endpoint.address}`);
  await Promise.all(fleet.names.map((host) => startSampler(trial, host)));
  await readClocks(trial);
  try {
    trial.prober = await effects.probe({
      address: endpoint.address,
      port: endpoint.port,
      ...asked(endpoint),
      intervalMs: INTERVAL_MS,
      timeoutMs: TIMEOUT_MS,
      ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
      ...(endpoint.drill?.probeFrom === undefined ? {} : { from: endpoint.drill.probeFrom }),
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new TrialError(error.message);
  }
  await effects.sleep(HEALTHY_MS);
  const { requests, failures } = trial.prober.counts();
  if (!effects.signal.aborted && requests > 0 && failures >= requests) {
    throw new TrialError(`no request to ${endpoint.address}:${endpoint.port} is answered here`);
  }
}

/** What HAProxy's own checks ask for; the seed's are not told. */
function asked({ profile, haproxy }: Endpoint): { path: string; guarded?: boolean } {
  if (profile === "guide") return { path: "/readyz" };
  const path = haproxy.checkPath ?? "/readyz";
  return haproxy.checkClient === undefined ? { path } : { path, guarded: true };
}

async function startSampler(trial: Trial, host: string): Promise<void> {
  const { endpoint, fleet, nonce } = trial;
  const script = samplerScript({
    address: endpoint.address,
    stats: endpoint.haproxy.stats,
    // The seed's own configuration has no page that counts them.
    counts: endpoint.profile !== "guide",
    nonce,
  });
  trial.sampled.add(host);
  const { code, stderr } = await orTrialError(fleet.run(host, script));
  if (code !== 0) throw new TrialError(`${host} cannot be watched: ${stderr.trim()}`);
}

/** Reads the clock of every member that answers, several times. */
export async function readClocks(trial: Trial): Promise<void> {
  await Promise.all(trial.fleet.names.map((host) => readClock(trial, host)));
}

async function readClock({ fleet, effects, clocks }: Trial, host: string): Promise<void> {
  const readings = clocks.get(host) ?? [];
  clocks.set(host, readings);
  for (let i = 0; i < CLOCK_READINGS; i++) {
    const sentAt = effects.clock();
    try {
      const { code, stdout } = await fleet.run(host, CLOCK_SCRIPT, { timeoutMs: 5_000 });
      if (code === 0) readings.push({ sentAt, receivedAt: effects.clock(), ...parseClock(stdout) });
    } catch (error) {
      // Without readings the moments of this host are doubted, which the figures say.
      if (error instanceof ConnectError) return;
      throw error;
    }
  }
}

/** Sees the endpoint be well for a while, and gives what was seen outside. */
export async function endProbe({ effects, prober }: Trial): Promise<ProbeRecord | undefined> {
  if (prober === undefined) return undefined;
  if (!effects.signal.aborted) await effects.sleep(HEALTHY_MS);
  return await prober.stop();
}

/** Fetches what the samplers saw, ends them, and gives the hosts whose traces may be left. */
export async function endSamplers(
  trial: Trial,
): Promise<{ readonly records: readonly HostRecord[]; readonly left: readonly string[] }> {
  const records: HostRecord[] = [];
  const left: string[] = [];
  await Promise.all([...trial.sampled].map(async (host) => {
    const until = trial.effects.clock() + 20_000;
    const found = await trial.fleet.reach(host, fetchScript(trial.nonce), until);
    const spool = found instanceof ConnectError || found.code !== 0 ? "" : found.stdout;
    records.push({ host, spool, clock: trial.clocks.get(host) ?? [], off: offOf(trial, host) });
    const stopped = await trial.fleet.reach(host, stopSamplerScript(trial.nonce), until);
    if (stopped instanceof ConnectError || stopped.code !== 0) left.push(host);
  }));
  const place = (host: string) => trial.fleet.names.indexOf(host);
  return { records: records.sort((a, b) => place(a.host) - place(b.host)), left };
}

function offOf({ off, effects }: Trial, host: string): HostRecord["off"] {
  const span = off.get(host);
  return span === undefined ? [] : [{ from: span.from, to: span.to ?? effects.clock() }];
}

async function orTrialError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConnectError) throw new TrialError(error.message);
    throw error;
  }
}
