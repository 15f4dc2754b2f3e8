import { ConnectError } from "../errors.ts";
import type { Change, Facts, Handler, Predictions, Task } from "../model.ts";
import { begin, type Effects, end, type FactsAsked, type HostRun, look } from "./host.ts";
import { beyond } from "./bond.ts";
import { howEnded } from "./ended.ts";
import { asTask, dueHandlers, mark, notified, on } from "./forecast.ts";
import { nextStep, openJournal, stepOf, whileOpen } from "./journal.ts";
import { decide, decideAll, NOTHING, predict } from "./plan.ts";
import { changeScript, handlerScript, stepScript } from "./script.ts";

/** What the hosts of an endpoint know of each other. */
export interface Shared extends FactsAsked {
  /** Facts of every host that answered; refreshed after a change. */
  readonly facts: Map<string, Facts>;
}

/**
 * Makes every task of a host true, then runs the handlers that are due, then looks once more. A host
 * that stood down takes part again only when its handlers have run.
 */
export async function applyHost(run: HostRun, shared: Shared, effects: Effects): Promise<void> {
  const declined = new Set<Task>();
  await applyTasks(run, (task) => !comesLast(run, task), declined, shared, effects);
  if (!run.stopped) await applyHandlers(run, effects);
  if (run.stoodDown === true) await joinAgain(run, declined, shared, effects);
  // An interrupted host is not done, and nobody said it was.
  if (!run.stopped && run.changed && !effects.signal.aborted) {
    await prove(run, run.tasks.filter((task) => !declined.has(task)), shared, effects);
  }
}

/** What makes a host take part in the service waits until a host that stood down is ready. */
function comesLast({ stoodDown }: HostRun, { joins }: Task): boolean {
  return stoodDown === true && joins === true;
}

/** Takes part in the service again, and makes true what had to wait for it. */
async function joinAgain(
  run: HostRun,
  declined: Set<Task>,
  shared: Shared,
  effects: Effects,
): Promise<void> {
  const { standDown } = run;
  if (standDown !== undefined && !run.stopped && !effects.signal.aborted) {
    const failure = await stepRequest(run, "take part in the service again", standDown.join);
    if (failure === undefined) await refresh(run, 0, shared, effects);
    else end(run, effects, { task: JOIN, status: failure.status, error: failure.message });
  }
  await applyTasks(run, (task) => comesLast(run, task), declined, shared, effects);
  run.stoodDown = false;
}

const JOIN = { kind: "join", name: "take part in the service again" };

/** Tasks that are wanted, from top to bottom; those whose changes a person declined are noted. */
async function applyTasks(
  run: HostRun,
  wanted: (task: Task) => boolean,
  declined: Set<Task>,
  shared: Shared,
  effects: Effects,
): Promise<void> {
  let predicted: Predictions = NOTHING;
  for (const [i, task] of run.tasks.entries()) {
    if (!wanted(task)) continue;
    if (run.stopped || effects.signal.aborted) {
      end(run, effects, { task, status: "skipped" });
      continue;
    }
    const since = effects.now();
    const seen = run.seen[i] ?? { code: 1, stdout: "", stderr: "" };
    const world = { host: run.member.host.name, facts: shared.facts, predicted };
    const decision = decide(task, seen, world);
    const refusal = "error" in decision
      ? decision.error
      : refused(run, task, decision.plan.changes);
    if ("error" in decision || refusal !== undefined) {
      const error = on(world.host, refusal ?? "");
      end(run, effects, { task, status: "failed", error, since });
      continue;
    }
    const { changes } = decision.plan;
    if (changes.length > 0 && !(await approved(run, task, changes, effects))) {
      // What it would have brought is not there, and nothing below may count on it.
      declined.add(task);
      run.partial = true;
      end(run, effects, { task, status: "skipped" });
      continue;
    }
    predicted = predict(predicted, decision.plan);
    if (changes.length === 0) {
      end(run, effects, { task, status: "ok", since });
      continue;
    }
    begin(run, effects, task);
    if (await applyChanges(run, task, changes, effects.now(), effects)) {
      await refresh(run, i + 1, shared, effects);
    }
  }
}

/** Why the changes of a task cannot be made, whoever approves. */
function refused({ bond }: HostRun, task: Task, changes: readonly Change[]): string | undefined {
  const vague = changes.flatMap((it) => it.kind === "write" ? it.unknown ?? [] : [])[0];
  if (vague !== undefined) return `Cannot write ${vague.path}: ${vague.why}`;
  const beyondPlan = bond === undefined ? undefined : beyond(bond, task, changes);
  if (beyondPlan !== undefined) return `Cannot go on with "${task.name}": ${beyondPlan}`;
}

async function approved(
  run: HostRun,
  task: Task,
  changes: readonly Change[],
  effects: Effects,
): Promise<boolean> {
  const { approve, describe } = effects;
  if (approve === undefined) return true;
  // A person may think for as long as it takes.
  const answer = approve(run.member.host.name, task, changes.map(describe));
  return await whileOpen([run], answer, effects);
}

/** Runs the changes of one task. Gives whether all of them worked. */
async function applyChanges(
  run: HostRun,
  task: Task,
  changes: readonly Change[],
  since: number,
  effects: Effects,
): Promise<boolean> {
  for (const [done, change] of changes.entries()) {
    const error = await effect(run, task, change);
    run.changed = true;
    if (error !== undefined) {
      const { status, message } = error;
      const changed = changes.slice(0, done);
      end(run, effects, { task, status, changes: changed, error: message, since });
      return false;
    }
  }
  end(run, effects, { task, status: "changed", changes, since });
  return true;
}

/** How a step went wrong. */
export interface Failure {
  /** Whether the host answered. */
  readonly status: "failed" | "unreachable";
  /** The sentence. */
  readonly message: string;
}

async function effect(run: HostRun, task: Task, change: Change): Promise<Failure | undefined> {
  const refused = await prepared(run);
  if (refused !== undefined) return refused;
  const notify = notified(task, change);
  for (const name of notify) run.due.add(name);
  const options = change.kind === "run"
    ? { timeoutMs: change.timeoutMs ?? 60_000, finish: change.finish ?? false }
    : {};
  const { summary } = change;
  const step = nextStep(run, { summary, ...stepOf(change, notify) }, options.timeoutMs);
  const failure = await request(run, summary, changeScript(change, notify, step), options);
  if (failure === undefined) mark(run.due, task, change);
  return failure;
}

/** Before anything is changed its way back is prepared; gives why it cannot be. */
export async function prepared(run: HostRun): Promise<Failure | undefined> {
  try {
    const why = await openJournal(run);
    if (why === undefined) return undefined;
    return { status: "failed", message: on(run.member.host.name, why) };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return { status: "unreachable", message: error.message };
  }
}

/** One request. A failed script and a lost link become a sentence. */
export async function request(
  run: HostRun,
  what: string,
  script: string,
  options: { timeoutMs?: number; finish?: boolean },
): Promise<Failure | undefined> {
  const { session, member: { host } } = run;
  if (session === undefined) throw new TypeError(`Cannot change "${host.name}": no session`);
  try {
    const { code, stdout, stderr, timedOut } = await session.run(script, options);
    if (code === 0 && timedOut !== true) return undefined;
    const said = (stderr.trim() === "" ? stdout : stderr).trim().split("\n").slice(-12).join("\n");
    const how = timedOut === true
      ? `it was ended after ${(options.timeoutMs ?? 60_000) / 1000} s`
      : howEnded(code);
    const message = `Cannot ${what} on "${host.name}": ${how}${said === "" ? "" : `: ${said}`}`;
    return { status: "failed", message };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return { status: "unreachable", message: error.message };
  }
}

/** What a change may have affected is looked at again: every task below it, and the facts. */
export async function refresh(
  run: HostRun,
  from: number,
  shared: Shared,
  effects: Effects,
): Promise<void> {
  const rest = run.tasks.slice(from);
  if (rest.length === 0) return;
  try {
    const { facts, tasks } = await look(run, rest, [], shared, effects);
    shared.facts.set(run.member.host.name, facts);
    run.seen = [...run.seen.slice(0, from), ...tasks];
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const [task] = rest;
    if (task !== undefined) lost(run, task, error, effects);
  }
}

function lost(
  run: HostRun,
  task: { kind: string; name: string },
  error: ConnectError,
  effects: Effects,
): void {
  end(run, effects, { task, status: "unreachable", error: error.message });
}

async function applyHandlers(run: HostRun, effects: Effects): Promise<void> {
  for (const handler of dueHandlers(run.handlers, run.due)) {
    const { task, changes } = asTask(handler);
    if (run.stopped || effects.signal.aborted) {
      end(run, effects, { task, status: "skipped" });
      continue;
    }
    begin(run, effects, task);
    const since = effects.now();
    const error = await prepared(run) ?? await handle(run, handler);
    run.changed = true;
    if (error === undefined) {
      end(run, effects, { task, status: "changed", changes, since });
    } else {
      end(run, effects, { task, status: error.status, error: error.message, since });
    }
  }
}

/** One journalled request that is no change of a task: the host leaves the service, or takes part. */
export async function stepRequest(
  run: HostRun,
  what: string,
  script: string,
): Promise<Failure | undefined> {
  const refused = await prepared(run);
  if (refused !== undefined) return refused;
  const step = nextStep(run, { summary: what });
  run.changed = true;
  return await request(run, what, stepScript(script, step), { timeoutMs: 60_000 });
}

async function handle(run: HostRun, handler: Handler): Promise<Failure | undefined> {
  const { name, supersedes = [] } = handler;
  const options = { timeoutMs: 120_000 };
  const step = nextStep(run, { summary: name, runs: name }, options.timeoutMs);
  return await request(run, name, handlerScript(handler, supersedes, step), options);
}

/** After the last change nothing may be left to change. */
async function prove(
  run: HostRun,
  tasks: readonly Task[],
  shared: Shared,
  effects: Effects,
): Promise<void> {
  const { member: { host } } = run;
  const proof = { kind: "proof", name: "second look" };
  begin(run, effects, proof);
  try {
    const seen = await look(run, tasks, [], shared, effects);
    shared.facts.set(host.name, seen.facts);
    for (const decision of decideAll(tasks, seen.tasks, host.name, shared.facts)) {
      const { task } = decision;
      const wish = "error" in decision ? decision.error : decision.plan.changes[0]?.summary;
      if (wish === undefined) continue;
      const error =
        `Cannot finish "${task.name}" on "${host.name}": it was applied, yet a second look still asks for: ${wish}`;
      end(run, effects, { task, status: "failed", error });
    }
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    lost(run, proof, error, effects);
  }
}
