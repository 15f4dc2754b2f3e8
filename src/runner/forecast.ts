/**
 * What a host would be changed by: every task planned over what was seen and what the ones before
 * it predict. An apply goes the same way, so that what is said is what is done.
 * @module
 */
import type { Change, Facts, Handler, Task } from "../model.ts";
import { type Effects, end, type HostRun } from "./host.ts";
import { decideAll, type Decision } from "./plan.ts";

/** What a host would be changed by, were it applied to now. */
export interface Forecast {
  /** What each task decided, in order. */
  readonly decisions: readonly Decision[];
  /** Handlers that would run after them, in order. */
  readonly handlers: readonly Handler[];
}

/** Every task planned over what was seen and what the ones before it predict. Pure. */
export function foresee(run: HostRun, facts: ReadonlyMap<string, Facts>): Forecast {
  const decisions = decideAll(run.tasks, run.seen, run.member.host.name, facts);
  const due = new Set(run.due);
  for (const decision of decisions) {
    if ("error" in decision) continue;
    for (const change of decision.plan.changes) mark(due, decision.task, change);
  }
  return { decisions, handlers: dueHandlers(run.handlers, due) };
}

/** Reports what each task would change, and gives whether anything would. Sends nothing. */
export function report(run: HostRun, { decisions, handlers }: Forecast, effects: Effects): boolean {
  // A preflight has refused to begin: what it was asked about has been said, and what follows from it.
  const refused = run.stopped;
  let told = false;
  let changing = handlers.length > 0;
  for (const decision of decisions) {
    const { task } = decision;
    told ||= refused && "error" in decision && decision.targets.length > 0;
    if ("error" in decision && told) {
      end(run, effects, { task, status: "skipped" });
    } else if ("error" in decision) {
      const error = on(run.member.host.name, decision.error);
      end(run, effects, { task, status: "failed", error });
    } else {
      const { changes } = decision.plan;
      changing ||= changes.length > 0;
      end(run, effects, { task, status: changes.length === 0 ? "ok" : "changed", changes });
    }
  }
  for (const handler of handlers) end(run, effects, { ...asTask(handler), status: "changed" });
  return changing;
}

/** How a handler looks in a report: a task whose one change is to run it. */
export function asTask({ name, script }: Handler) {
  const change: Change = { kind: "run", targets: [name], summary: name, script };
  return { task: { kind: "handler", name: `handler ${name}` }, changes: [change] };
}

/** Handlers that a change makes due. */
export const notified = (task: Task, change: Change) => change.notify ?? task.notify;

/** Notes which handlers a change makes due, and which needless. */
export function mark(due: Set<string>, task: Task, change: Change): void {
  for (const name of notified(task, change)) due.add(name);
  if (change.kind === "run") { for (const name of change.settles ?? []) due.delete(name); }
}

/** Handlers that are due, in the play's order, without those that another one makes needless. */
export function dueHandlers(
  handlers: readonly Handler[],
  due: ReadonlySet<string>,
): readonly Handler[] {
  const wanted = handlers.filter(({ name }) => due.has(name));
  const needless = new Set(wanted.flatMap(({ supersedes = [] }) => supersedes));
  return wanted.filter(({ name }) => !needless.has(name));
}

/** A message with the host in it, where it does not name one. */
export function on(host: string, message: string): string {
  if (message.includes(`"${host}"`)) return message;
  return message.replace(/^(Cannot [^:]*)/, `$1 on "${host}"`);
}
