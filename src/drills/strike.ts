/**
 * Breaking: what a drill does to hosts, their power and API servers, and the wait for a service that
 * shall stand again on fewer legs.
 * @module
 */
import { ConnectError } from "../errors.ts";
import { PREPARE_MS } from "./arm.ts";
import { failuresSoFar } from "./asking.ts";
import type { Break } from "./model.ts";
import { faultScript } from "./remote/arm.ts";
import { say, type Trial, TrialError } from "./trial.ts";

/** How long the service must have stood before it is broken again. */
const STANDS_MS = 1000;

/** How long a fault that returns at once may take. */
const FAULT_MS = 30_000;

/**
 * Breaks what must be broken before the measurement, and waits until the service stands again.
 * @throws {TrialError} when something cannot be broken, or the service does not come back
 */
export async function prepare(trial: Trial): Promise<void> {
  const { plan: { prepare = [] }, effects } = trial;
  if (prepare.length === 0 || effects.signal.aborted) return;
  say(trial, "prepare", prepare.map(({ what }) => what).join(", "));
  for (const one of prepare) await strike(trial, one, "prepare");
  await stands(trial);
}

/**
 * Breaks everything at the same moment, and lets it stand.
 * @throws {TrialError} when something cannot be broken
 */
export async function fault(trial: Trial): Promise<void> {
  const { plan: { breaks, holdMs }, effects } = trial;
  if (effects.signal.aborted) return;
  if (breaks.length > 0) {
    say(trial, "fault", breaks.map(({ what }) => what).join(", "));
    // All of them have ended before anything is undone: an undo in between would come too early.
    const struck = await Promise.allSettled(breaks.map((one) => strike(trial, one, "fault")));
    for (const one of struck) if (one.status === "rejected") throw one.reason;
  }
  if (!effects.signal.aborted) await effects.sleep(holdMs);
}

async function strike(trial: Trial, one: Break, kind: "prepare" | "fault"): Promise<void> {
  const { effects, marks } = trial;
  trial.struck = true;
  // Before it is done, so that what follows from it never lies before it.
  const at = effects.clock();
  const host = one.kind === "host" || one.kind === "power" ? { host: one.host } : {};
  marks.push({ at, kind, ...host, text: one.what });
  if (one.kind === "power" || (one.kind === "host" && one.reboots === true)) {
    trial.off.set(one.host, { from: at });
  }
  try {
    await perform(trial, one);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new TrialError(`Cannot ${one.what}: ${error.message}`);
  }
}

async function perform(trial: Trial, one: Break): Promise<void> {
  const { effects, fleet, nonce } = trial;
  switch (one.kind) {
    case "power":
      return await effects.power(one.host, "off");
    case "api":
      return await effects.api(one.server, one.how);
    case "apply":
      await stillArmed(trial, [...one.undo.keys()]);
      return await effects.apply(one.endpoint);
    case "host":
      return await performOn(
        fleet.run(one.host, faultScript({ script: one.script, nonce }), { timeoutMs: FAULT_MS }),
        one,
      );
  }
}

/** What is done over sessions of its own is not done where the undo has run already. */
async function stillArmed({ fleet, nonce }: Trial, hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map(async (host) => {
    const { code, stderr } = await fleet.run(host, faultScript({ script: ":", nonce }));
    if (code !== 0) throw new TrialError(`${host}: ${stderr.trim()}`);
  }));
}

async function performOn(
  work: ReturnType<Trial["fleet"]["run"]>,
  { reboots, cutsLink }: Extract<Break, { kind: "host" }>,
): Promise<void> {
  try {
    const { code, stderr } = await work;
    if (code !== 0) throw new TrialError(stderr.trim() || `it ended with ${code}`);
  } catch (error) {
    // A fault that takes the way to the host with it gives no answer; that it happened is measured.
    const expected = reboots === true || cutsLink === true;
    if (!(error instanceof ConnectError) || !expected) throw error;
  }
}

/** Waits until one member holds the address and every request is answered again. */
async function stands(trial: Trial): Promise<void> {
  const { effects, endpoint, fleet } = trial;
  const check = effects.check(endpoint);
  const until = effects.clock() + PREPARE_MS;
  let since = effects.clock();
  let [failures, holder] = [failuresSoFar(trial), ""];
  while (!effects.signal.aborted) {
    const answers = await fleet.askAll((host) => check.probe(host), { timeoutMs: 20_000 });
    const holders = check.judge(answers).last ?? [];
    const now = failuresSoFar(trial);
    if (holders.length !== 1 || holders[0] !== holder || now !== failures) since = effects.clock();
    [failures, holder] = [now, holders.length === 1 ? holders[0] ?? "" : ""];
    if (holder !== "" && effects.clock() - since >= STANDS_MS) return;
    if (effects.clock() >= until) {
      throw new TrialError("the service did not stand again after what was prepared");
    }
    await effects.sleep(200);
  }
}
