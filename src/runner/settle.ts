import { ConnectError } from "../errors.ts";
import type { ExecResult, GroupCheck, Verdict } from "../model.ts";
import type { Effects, HostRun } from "./host.ts";

/** How often a condition is looked at while it is waited for. */
const INTERVAL_MS = 500;

/** How a condition is waited for. */
export interface SettleOptions {
  /** Answers that an earlier look has brought already; without them every host is asked. */
  readonly first?: ReadonlyMap<string, ExecResult> | undefined;
  /** How long it may take to become true. */
  readonly deadlineMs: number;
  /** Refuses what is excused while a service is being built. @default {false} */
  readonly strict?: boolean;
  /** What ends the wait. @default {the condition holds} */
  readonly enough?: (verdict: Verdict) => boolean;
}

/** Waits until a condition over a group holds, or its deadline passes. */
export async function settle(
  check: GroupCheck,
  runs: readonly HostRun[],
  { first, deadlineMs, strict = false, enough = ({ ok }) => ok }: SettleOptions,
  effects: Effects,
): Promise<Verdict> {
  const since = effects.now();
  let answers = first ?? await askAll(check, runs);
  for (;;) {
    const verdict = check.judge(answers, strict);
    // A bad verdict needs fresh answers: the first look may have waited long for a dead host.
    const late = answers !== first && effects.now() - since >= deadlineMs;
    if (enough(verdict) || late || effects.signal.aborted) return verdict;
    if (answers !== first) await effects.sleep(INTERVAL_MS);
    answers = await askAll(check, runs);
  }
}

async function askAll(
  check: GroupCheck,
  runs: readonly HostRun[],
): Promise<Map<string, ExecResult>> {
  const answers = new Map<string, ExecResult>();
  await Promise.all(runs.map(async (run) => {
    const { session, member: { host } } = run;
    if (session === undefined || !check.hosts.includes(host.name)) return;
    try {
      answers.set(host.name, await session.run(check.probe(host.name), { timeoutMs: 20_000 }));
    } catch (error) {
      // A host that no longer answers is an answer: the judge sees that it is missing.
      if (!(error instanceof ConnectError)) throw error;
      run.lost ??= error.message;
    }
  }));
  return answers;
}
