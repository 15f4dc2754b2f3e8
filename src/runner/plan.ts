import { TaskError } from "../errors.ts";
import type { ExecResult, Facts, Predictions, Task, TaskPlan, World } from "../model.ts";

/** What a task decided, or why it cannot. */
export type Decision =
  | { readonly task: Task; readonly plan: TaskPlan }
  | { readonly task: Task; readonly error: string; readonly targets: readonly string[] };

/** Nothing predicted yet. */
export const NOTHING: Predictions = { packages: [], users: [], paths: [] };

/** Predictions of a host after one more plan. */
export function predict(before: Predictions, plan: TaskPlan): Predictions {
  const { packages = [], versions = {}, users = [], paths = [] } = plan.predicts ?? {};
  return {
    packages: [...before.packages, ...packages],
    versions: { ...before.versions, ...versions },
    users: [...before.users, ...users],
    paths: [...before.paths, ...paths],
  };
}

/**
 * What one task wants to change, given what was seen and what earlier changes predict. Pure.
 * Errors that a person can mend are a decision too; anything else thrown is a bug and passes.
 */
export function decide(task: Task, seen: ExecResult, world: World): Decision {
  try {
    return { task, plan: task.plan(seen, world) };
  } catch (error) {
    if (error instanceof TaskError) {
      return { task, error: error.message, targets: error.targets };
    }
    throw error;
  }
}

/** What every task of a host wants, each planned over what the ones before it predict. Pure. */
export function decideAll(
  tasks: readonly Task[],
  seen: readonly ExecResult[],
  host: string,
  facts: ReadonlyMap<string, Facts>,
): Decision[] {
  let predicted = NOTHING;
  return tasks.map((task, i) => {
    const answer = seen[i] ?? { code: 1, stdout: "", stderr: "" };
    const decision = decide(task, answer, { host, facts, predicted });
    if ("plan" in decision) predicted = predict(predicted, decision.plan);
    return decision;
  });
}
