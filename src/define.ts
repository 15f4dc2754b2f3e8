/**
 * The define functions: they give a description its type and register nothing.
 * @module
 */
import type { ExecResult, Play, Task, TaskPlan, World } from "./model.ts";

/** How to write a new kind of task. */
export interface TaskSpec<Args, State> {
  /** Kind, one word: `service`. */
  readonly kind: string;
  /** What shall be true, on one line. */
  title(args: Args): string;
  /** Read-only POSIX shell text that asks what is. */
  probe(args: Args): string;
  /** What the answer means. @throws {TaskError} when the answer makes no sense */
  parse(seen: ExecResult, args: Args): State;
  /** What is missing. Pure; an empty list of changes means satisfied. */
  plan(state: State, args: Args, world: World): TaskPlan;
}

/** What every task takes beside its arguments. */
export interface TaskOptions {
  /** Name on screen, in place of the title. */
  readonly name?: string;
  /** Handlers to run after a change. */
  readonly notify?: readonly string[];
  /** Words that `--tags` and `--skip-tags` select by. */
  readonly tags?: readonly string[];
}

/** Makes a {@link Task} of arguments. */
export type TaskFunction<Args> = (args: Args, options?: TaskOptions) => Task;

/** Makes a task function of a kind: arguments in, {@link Task} out. */
export function defineTask<Args, State>(
  spec: TaskSpec<Args, State>,
): TaskFunction<Args> {
  return (args, { name, notify = [], tags = [] } = {}) => ({
    kind: spec.kind,
    name: name ?? spec.title(args),
    notify,
    tags,
    probe: spec.probe(args),
    plan: (seen, world) => spec.plan(spec.parse(seen, args), args, world),
  });
}

/** Gives a play its type. */
export function definePlay(play: Play): Play {
  return play;
}
