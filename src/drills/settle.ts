/**
 * Settling: the drill is over when everything is as it was, and not before.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import { answersSoFar } from "./asking.ts";
import { BOOT_MS } from "./heal.ts";
import { strictly } from "./preflight.ts";
import { differences, snapshotScript } from "./remote/snapshot.ts";
import { say, type Trial } from "./trial.ts";

/** How long the steady state may take beyond what was predicted, where no host was off. */
const SETTLE_MS = 60_000;

/** Between two looks. */
const INTERVAL_MS = 500;

/** How long one request that is answered is waited for. */
const ASKED_MS = 2000;

/** Lines of a difference that are said; the rest is counted. */
const FEW = 8;

/**
 * Waits until the strict check is green, the address is where it belongs and nothing on a host
 * differs from before. What is still wrong at the deadline is a failure of the drill.
 */
export async function settle(trial: Trial): Promise<void> {
  const { effects, plan } = trial;
  if (!trial.struck) return;
  say(trial, "settle", "wait until all is as it was");
  const patience = trial.off.size > 0 ? BOOT_MS : SETTLE_MS;
  const until = effects.clock() + patience + (plan.predictedMs ?? 0);
  for (;;) {
    const at = effects.clock();
    const wrong = await unsettled(trial);
    if (wrong.length === 0) {
      trial.marks.push({ at, kind: "steady", text: "steady" });
      return;
    }
    if (effects.clock() >= until) return void trial.failures.push(...wrong);
    await effects.sleep(INTERVAL_MS);
  }
}

/** What is not as it was, a sentence each. */
async function unsettled(trial: Trial): Promise<readonly string[]> {
  const { scene, effects } = trial;
  const before = answersSoFar(trial);
  const verdict = await strictly(trial);
  if (!verdict.ok) return [`the steady state is not back: ${verdict.message}`];
  const holder = verdict.last?.[0];
  if (holder !== scene.preferred) {
    return [`${holder} holds the address, and it belongs to ${scene.preferred}`];
  }
  const drifted = await drift(trial);
  if (drifted.length > 0) return drifted;
  const silent = () => {
    const now = answersSoFar(trial);
    return [...before].filter(([it, count]) => now.get(it) === count).map(([it]) => it);
  };
  // The members may agree, and a client still ask the wrong one.
  for (let i = 0; i < ASKED_MS / 100 && silent().length > 0; i++) await effects.sleep(100);
  return silent().map((address) =>
    `no request from outside${before.size === 1 ? "" : ` to ${address}`} is answered`
  );
}

async function drift({ fleet, endpoint, before }: Trial): Promise<readonly string[]> {
  const after = await fleet.askAll(() => snapshotScript(addressesOf(endpoint)));
  return [...before].flatMap(([host, text]) => {
    const answer = after.get(host);
    if (answer === undefined) return [`${host} gave no answer when it was compared with before`];
    if (answer.code !== 0) {
      return [`${host} cannot be compared with before: ${answer.stderr.trim()}`];
    }
    const found = differences(text, answer.stdout);
    const more = found.length > FEW ? [`${host}: and ${found.length - FEW} more differences`] : [];
    return [...found.slice(0, FEW).map((line) => `${host} is not as it was: ${line}`), ...more];
  });
}
