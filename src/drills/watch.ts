/**
 * The eyes of a drill: a sampler on every member, the clocks of all of them, and probers outside.
 * @module
 */
import { ownAddressesOf } from "../addresses.ts";
import { ConnectError } from "../errors.ts";
import { startAsking } from "./asking.ts";
import type { HostRecord } from "./model.ts";
import { CLOCK_SCRIPT, parseClock } from "./remote/clock.ts";
import { fetchScript, samplerScript, stopSamplerScript } from "./remote/sampler.ts";
import { listed, say, type Trial, TrialError } from "./trial.ts";

/** Exchanges about the clock of a host at one time; the tightest of them counts. */
const CLOCK_READINGS = 8;

/**
 * Starts to watch, and sees the healthy endpoint answer for a while.
 * @throws {TrialError} when it cannot be watched, or does not answer from here
 */
export async function startWatch(trial: Trial): Promise<void> {
  const { endpoint, fleet } = trial;
  say(trial, "watch", `watch ${listed(fleet.names)}, and ask ${listed(ownAddressesOf(endpoint))}`);
  await Promise.all(fleet.names.map((host) => startSampler(trial, host)));
  await readClocks(trial);
  await startAsking(trial);
}

async function startSampler(trial: Trial, host: string): Promise<void> {
  const { endpoint, fleet, nonce } = trial;
  const script = samplerScript({
    addresses: ownAddressesOf(endpoint),
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
