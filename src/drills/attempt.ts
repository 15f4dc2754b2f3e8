/**
 * One drill on one endpoint, from the first look to the verdict. Whatever happens on the way, what
 * was armed is healed, seen whole and disarmed, or it is said what is left.
 * @module
 */
import { arm, disarm, everyBreak } from "./arm.ts";
import { endAsking } from "./asking.ts";
import { heal } from "./heal.ts";
import type { Break } from "./model.ts";
import { preflight } from "./preflight.ts";
import { settle } from "./settle.ts";
import { fault, prepare } from "./strike.ts";
import { beginTrial, type Occasion, say, type Trial, TrialError } from "./trial.ts";
import { type Judged, judged } from "./verdict.ts";
import { endSamplers, readClocks, startWatch } from "./watch.ts";

/** How one attempt ended. */
export interface Outcome extends Judged {
  /** Everybody who is broken; nobody when it did not come to that. */
  readonly targets: readonly string[];
  /** What was computed from the configuration, in milliseconds. */
  readonly predictedMs?: number;
  /** Nothing was broken, because all was not well; no other drill may be begun either. */
  readonly refused?: true;
  /** Hosts may be left broken or armed. */
  readonly left?: true;
  /** A host went down for it: that is not done again unasked, whatever could not be measured. */
  readonly harsh?: true;
}

/** Runs a drill once. Promises are in milliseconds. */
export async function attempt(occasion: Occasion, promiseMs: number): Promise<Outcome> {
  say(occasion, "preflight", "look whether all is well");
  const found = await preflight(occasion);
  if ("refused" in found) {
    const reason = `nothing was broken: ${found.refused}`;
    return { verdict: "unknown", reasons: [reason], targets: [], refused: true };
  }
  const trial = planned(occasion, found);
  if (!("plan" in trial)) return { ...trial, targets: [] };
  const { evidence, left } = await observed(trial, promiseMs);
  const { predictedMs, targets } = trial.plan;
  return {
    ...evidence,
    targets,
    ...(predictedMs === undefined ? {} : { predictedMs }),
    ...(left ? { left } : {}),
    ...(trial.struck && everyBreak(trial).some(isHarsh) ? { harsh: true } : {}),
  };
}

function isHarsh(one: Break): boolean {
  return one.kind === "power" || (one.kind === "host" && one.reboots === true);
}

/** The drill as it is planned here, or why there is nothing to do. */
function planned(
  occasion: Occasion,
  { scene, before }: Pick<Trial, "scene" | "before">,
): Trial | Judged {
  try {
    const why = occasion.drill.unfit?.(scene);
    if (why !== undefined) return { verdict: "skipped", reasons: [why] };
    return beginTrial(occasion, scene, before);
  } catch (error) {
    // A drill of somebody's own that makes no sense: nothing was broken.
    if (!(error instanceof TrialError)) throw error;
    return { verdict: "unknown", reasons: [error.message] };
  }
}

async function observed(
  trial: Trial,
  promiseMs: number,
): Promise<{ readonly evidence: Judged; readonly left: boolean }> {
  const whole = await orFailure(trial, async () => {
    await startWatch(trial);
    if (trial.effects.signal.aborted) return;
    await arm(trial);
    await prepare(trial);
    await fault(trial);
  });
  await heal(trial);
  await settle(trial);
  const probes = await endAsking(trial);
  const remains = [...await disarm(trial)];
  await readClocks(trial);
  const { records, left } = await endSamplers(trial);
  for (const host of left) remains.push(`${host} could not be reached: its sampler ends by itself`);
  trial.failures.push(...remains);
  const evidence = judged(trial, { probes, records, promiseMs, whole });
  return { evidence, left: remains.length > 0 };
}

/** Whether it all came about; why not is a sentence among the problems. */
async function orFailure(trial: Trial, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return !trial.effects.signal.aborted;
  } catch (error) {
    // What else is thrown is our bug: it is healed all the same, and thrown again afterwards.
    if (!(error instanceof TrialError)) {
      await heal(trial);
      await disarm(trial);
      throw error;
    }
    trial.problems.push(error.message);
    return false;
  }
}
