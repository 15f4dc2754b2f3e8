/**
 * The define functions: they give a description its type and register nothing.
 * @module
 */
import type { Drill } from "./drills/model.ts";
import type { Lint } from "./lints/model.ts";
import type { Agreement, ExecResult, Piece, Play, Task, TaskPlan, World } from "./model.ts";

/** How to write a new kind of task. */
export interface TaskSpec<Args, State> {
  /** Kind, one word: `service`. */
  readonly kind: string;
  /** What shall be true, on one line. */
  title(args: Args): string;
  /** What asks what is: read-only POSIX shell text, or pieces, some of which others ask too. */
  probe(args: Args): string | readonly Piece[];
  /** What the answer means. @throws {TaskError} when the answer makes no sense */
  parse(seen: ExecResult, args: Args): State;
  /** What is missing. Pure; an empty list of changes means satisfied. */
  plan(state: State, args: Args, world: World): TaskPlan;
  /** What the host says now that all members of an endpoint must say alike. Pure. */
  agreement?(state: State, args: Args): Agreement | undefined;
  /** Parts that tags of their own can select, where it has any. */
  readonly parts?: {
    /** Their tags. */
    tags(args: Args): readonly string[];
    /**
     * The arguments without the parts that are not wanted: the same object when all of them are,
     * nothing when none is.
     */
    keep(args: Args, wanted: (tags: readonly string[]) => boolean): Args | undefined;
  };
}

/** What every task takes beside its arguments. */
export interface TaskOptions {
  /** Name on screen, in place of the title. */
  readonly name?: string;
  /** Handlers to run after a change. */
  readonly notify?: readonly string[];
  /** Words that `--tags` and `--skip-tags` select by. */
  readonly tags?: readonly string[];
  /** It makes the host take part in the service: last on a host that stood down. @default {false} */
  readonly joins?: boolean;
}

/** Makes a {@link Task} of arguments. */
export type TaskFunction<Args> = (args: Args, options?: TaskOptions) => Task;

/** Makes a task function of a kind: arguments in, {@link Task} out. */
export function defineTask<Args, State>(
  spec: TaskSpec<Args, State>,
): TaskFunction<Args> {
  const { parts, agreement } = spec;
  const make: TaskFunction<Args> = (args, options = {}) => {
    const { name, notify = [], tags = [], joins } = options;
    const title = name ?? spec.title(args);
    const narrow: Task["narrow"] = parts && ((wanted) => {
      const kept = parts.keep(args, (own) => wanted([...tags, ...own]));
      if (kept === args) return task;
      return kept && make(kept, { ...options, name: title });
    });
    const asks = spec.probe(args);
    const pieces = typeof asks === "string" ? undefined : asks;
    const task: Task = {
      kind: spec.kind,
      name: title,
      notify,
      tags: [...new Set([...tags, ...parts?.tags(args) ?? []])],
      probe: typeof asks === "string" ? asks : asks.map(aloneText).join("\n"),
      ...(pieces === undefined ? {} : { pieces }),
      plan: (seen, world) => spec.plan(spec.parse(seen, args), args, world),
      ...(joins === undefined ? {} : { joins }),
      ...(narrow === undefined ? {} : { narrow }),
      ...(agreement === undefined
        ? {}
        : { agreement: (seen) => agreement(spec.parse(seen, args), args) }),
    };
    return task;
  };
  return make;
}

const aloneText = (piece: Piece) =>
  typeof piece === "string" ? piece : piece.question.probe([piece.item]);

/** Gives a play its type. */
export function definePlay(play: Play): Play {
  return play;
}

/** Gives a drill its type. */
export function defineDrill(drill: Drill): Drill {
  return drill;
}

/** Gives a lint its type. */
export function defineLint(lint: Lint): Lint {
  return lint;
}
