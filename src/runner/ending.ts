/**
 * How the change of a host ends: nothing is worse than before and it is kept, or the host goes back.
 * @module
 */
import type { Undone } from "../journal/verdict.ts";
import type { Change, Verdict } from "../model.ts";
import type { Group } from "./group.ts";
import { worse } from "./gate.ts";
import { begin, type Effects, end, type HostRun } from "./host.ts";
import { type Back, commit, reachable, recall, reconnect, revert } from "./journal.ts";
import { settle } from "./settle.ts";

const ROLLBACK = { kind: "rollback", name: "go back to how it was" };

/** How long the service may take to stand again when a host has gone back, in milliseconds. */
const BACK_MS = 20_000;

/** What the conditions of an endpoint said before anything was changed. */
export type Before = readonly Verdict[];

/**
 * Waits until no condition is worse than before; gives what is worse with the first that stays so. A
 * host that can be asked no more is not waited for, unless there is a limit.
 */
export async function gate(
  { checks, runs }: Group,
  before: Before,
  effects: Effects,
  limitMs?: number,
): Promise<string | undefined> {
  const gone = () => limitMs === undefined && runs.some(({ lost }) => lost !== undefined);
  for (const [i, check] of checks.entries()) {
    const was = before[i] ?? { ok: true, message: "" };
    const verdict = await settle(check, runs, {
      deadlineMs: Math.min(check.deadlineMs, limitMs ?? Infinity),
      enough: (now) => worse(was, now).length === 0 || gone(),
    }, effects);
    const faults = worse(was, verdict);
    if (faults.length === 0) continue;
    const why = runs.flatMap(({ lost }) => lost === undefined ? [] : [` (${lost})`]).join("");
    return `${check.name}: ${faults.join(", ")}${why}`;
  }
}

/**
 * Ends the change of one host: it works, and waits for the word to keep it, or the host goes back.
 * Gives why no other host of its endpoint may be changed after it, and none may keep its change: what
 * worked nowhere else is not tried again.
 */
export async function endHost(
  run: HostRun,
  group: Group,
  before: Before,
  effects: Effects,
): Promise<string | undefined> {
  if (run.opened !== true) {
    return run.changed ? await gate(group, before, effects) : undefined;
  }
  const why = await whyBack(run, group, before, effects);
  if (why === undefined) return undefined;
  return await goBack(run, why, group, before, effects);
}

/** Why what was changed cannot be kept. */
async function whyBack(
  run: HostRun,
  group: Group,
  before: Before,
  effects: Effects,
): Promise<string | undefined> {
  if (run.stopped) return run.failure ?? "it failed";
  if (effects.signal.aborted) return "the run was interrupted";
  const fallen = await gate(group, before, effects);
  if (fallen !== undefined) return `with the change ${fallen}`;
  if (effects.signal.aborted) return "the run was interrupted";
  return await reachable(run, effects);
}

/**
 * Keeps what was changed on all of these hosts: the word is given to all at the same moment, over
 * connections that were opened after their changes. Where one does not keep it, none of them shall: what
 * only some of them say is worse than either. Gives why; then all of them are open again.
 */
export async function keepAll(
  runs: readonly HostRun[],
  effects: Effects,
): Promise<string | undefined> {
  const left = await Promise.all(runs.map((run) => commit(run, effects)));
  const why = left.find((why) => why !== undefined);
  if (why !== undefined) runs.forEach(recall);
  return why;
}

/** Brings a host back and says so; gives why the endpoint may not be changed further. */
export async function goBack(
  run: HostRun,
  why: string,
  group: Group,
  before: Before,
  effects: Effects,
): Promise<string | undefined> {
  return await allBack([run], why, group, before, effects);
}

/** Brings hosts back, one after the other in this order, and says what came of it in the end. */
export async function allBack(
  runs: readonly HostRun[],
  why: string,
  group: Group,
  before: Before,
  effects: Effects,
): Promise<string | undefined> {
  const backs: { run: HostRun; back: Back; ms: number }[] = [];
  for (const run of runs) {
    begin(run, effects, ROLLBACK);
    const since = effects.now();
    const back = await revert(run, effects);
    run.stopped = true;
    backs.push({ run, back, ms: effects.now() - since });
  }
  await Promise.all(group.runs.map((run) => reconnect(run, effects)));
  const now = await gate(group, before, effects, BACK_MS);
  const ended = backs.map(({ run, back, ms }) => {
    const since = effects.now() - ms;
    return report(run, { why, back, now, since }, group, effects);
  });
  return ended.find((it) => it !== undefined);
}

interface Ended {
  readonly why: string;
  readonly back: Back;
  /** What is worse than before though the host went back. */
  readonly now: string | undefined;
  readonly since: number;
}

function report(
  run: HostRun,
  { why, back, now, since }: Ended,
  group: Group,
  effects: Effects,
): string | undefined {
  const { name } = run.member.host;
  const say = (code: string, message: string, hint?: string) => {
    const diagnostic = {
      severity: "error",
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  };
  const stands = now === undefined ? "the endpoint stands as before" : `yet ${now}`;
  if (back.kind === "stuck") {
    const error = `Cannot bring "${name}" back to how it was: ${back.why}`;
    end(run, effects, { task: ROLLBACK, status: "failed", error, since });
    say(
      "rollback-failed",
      `${error}; it was to go back because: ${why}`,
      `it tries again when it starts, and before the next apply; look on ${name} at /var/lib/holdfast/run/record`,
    );
    return error;
  }
  if (back.kind === "unseen") {
    say(
      "rollback-unseen",
      `Cannot see "${name}" go back to how it was: ${back.why}; it does so by itself, ` +
        (back.seconds > 0 ? `within ${back.seconds} s` : "about now") +
        ", or when it starts again if it is off",
      `holdfast history ${
        group.about?.inventory ?? "INVENTORY"
      } says what it decided, once it can be reached`,
    );
    return `what became of "${name}" is not known`;
  }
  const changes = asChanges(back.undone);
  if (changes.length === 0) {
    // What failed has said so; what does not stand has not, and there is no way back from it.
    if (run.failure === undefined) say("gate", `Cannot undo the change of "${name}": ${why}`);
    return now ?? (run.failure === undefined ? `what was changed on "${name}" does not work` : now);
  }
  run.wentBack = true;
  end(run, effects, { task: ROLLBACK, status: "changed", changes, since });
  const itself = back.byItself ? "it went back by itself, and is" : "it is";
  say(
    "rolled-back",
    `Cannot keep the change on "${name}": ${
      short(why)
    }; ${itself} as it was before this run, and ${stands}`,
  );
  return `what was changed on "${name}" was undone`;
}

/** The first sentence of a reason, without what a program had to say: that was shown already. */
function short(why: string): string {
  const [first = ""] = why.split("\n");
  const [, sentence = first] = /^(.*? on "[^"]+": it (?:ended with|was ended) [^:]*)/.exec(first) ??
    [];
  return sentence.replace(/^Cannot /, "cannot ").replace(/[.;:]$/, "");
}

function asChanges({ files, steps, keepers }: Undone): Change[] {
  const change = (summary: string, target: string): Change => ({
    kind: "run",
    summary,
    targets: [target],
    script: "",
  });
  return [
    ...files.map((path) => change(`put back ${path}`, path)),
    ...steps.map((summary) => change(`undo: ${summary}`, summary)),
    ...keepers.map((name) => change(`bring back ${name}`, name)),
  ];
}
