import { ConnectError } from "../errors.ts";
import type { Change, Facts, Predictions, Task } from "../model.ts";
import { begin, type Effects, end, type FactsAsked, finish, type HostRun, look } from "./host.ts";
import { beyond } from "./bond.ts";
import { howEnded } from "./ended.ts";
import { asTask, dueHandlers, mark, notified, on } from "./forecast.ts";
import { decide, decideAll, NOTHING, predict } from "./plan.ts";
import { changeScript, handlerScript } from "./script.ts";

/** What the hosts of an endpoint know of each other. */
export interface Shared extends FactsAsked {
  /** Facts of every host that answered; refreshed after a change. */
  readonly facts: Map<string, Facts>;
}

/** Makes every task of a host true, then runs the handlers that are due, then looks once more. */
export async function applyHost(run: HostRun, shared: Shared, effects: Effects): Promise<void> {
  const declined = await applyTasks(run, shared, effects);
  if (!run.stopped) await applyHandlers(run, effects);
  // An interrupted host is not done, and nobody said it was.
  if (!run.stopped && run.changed && !effects.signal.aborted) {
    await prove(run, run.tasks.filter((task) => !declined.has(task)), shared, effects);
  }
  if (!effects.signal.aborted) finish(run, effects);
}

/** Gives the tasks whose changes a person declined. */
async function applyTasks(
  run: HostRun,
  shared: Shared,
  effects: Effects,
): Promise<ReadonlySet<Task>> {
  const { member: { host } } = run;
  const declined = new Set<Task>();
  let predicted: Predictions = NOTHING;
  for (const [i, task] of run.tasks.entries()) {
    if (run.stopped || effects.signal.aborted) {
      end(run, effects, { task, status: "skipped" });
      continue;
    }
    const since = effects.now();
    const seen = run.seen[i] ?? { code: 1, stdout: "", stderr: "" };
    const decision = decide(task, seen, { host: host.name, facts: shared.facts, predicted });
    if ("error" in decision) {
      end(run, effects, { task, status: "failed", error: on(host.name, decision.error), since });
      continue;
    }
    const { changes } = decision.plan;
    const refusal = refused(run, task, changes);
    if (refusal !== undefined) {
      const error = on(host.name, refusal);
      end(run, effects, { task, status: "failed", error, since });
      continue;
    }
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
  return declined;
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
  { approve, describe }: Effects,
): Promise<boolean> {
  return await approve?.(run.member.host.name, task, changes.map(describe)) ?? true;
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

interface Failure {
  readonly status: "failed" | "unreachable";
  readonly message: string;
}

async function effect(run: HostRun, task: Task, change: Change): Promise<Failure | undefined> {
  const notify = notified(task, change);
  for (const name of notify) run.due.add(name);
  const options = change.kind === "run"
    ? { timeoutMs: change.timeoutMs ?? 60_000, finish: change.finish ?? false }
    : {};
  const failure = await request(run, change.summary, changeScript(change, notify), options);
  if (failure === undefined) mark(run.due, task, change);
  return failure;
}

/** One request. A failed script and a lost link become a sentence. */
async function request(
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
async function refresh(run: HostRun, from: number, shared: Shared, effects: Effects) {
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
    const script = handlerScript(handler, handler.supersedes ?? []);
    const error = await request(run, handler.name, script, { timeoutMs: 120_000 });
    run.changed = true;
    if (error === undefined) {
      end(run, effects, { task, status: "changed", changes, since });
    } else {
      end(run, effects, { task, status: error.status, error: error.message, since });
    }
  }
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
