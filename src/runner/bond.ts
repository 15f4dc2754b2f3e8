/**
 * Changes taken apart target by target, so that they can be compared with what a plan says. Pure.
 * @module
 */
import type { Change, Task } from "../model.ts";
import { ABSENT, LATER } from "../saved_plan.ts";

/** One change to one thing, with what it assumes and wants in plain text. */
export interface Item {
  /** Name of the task. */
  readonly task: string;
  /** The change that it is part of. */
  readonly change: Change;
  /** Path, unit, package, user or kernel setting. */
  readonly target: string;
  /** Content that is assumed, or {@link ABSENT} as a mark. */
  readonly before?: Text | Mark;
  /** What is wanted, or {@link LATER} as a mark. */
  readonly after: Text | Mark;
}

/** Text that only a hash of may leave the controller and the host. */
export interface Text {
  /** The text. */
  readonly text: string;
}

/** A word that stands for itself. */
export interface Mark {
  /** The word. */
  readonly mark: string;
}

/** A change, target by target. Pure. */
export function split(task: string, change: Change): Item[] {
  switch (change.kind) {
    case "run":
      return (change.targets ?? [change.summary]).map((target) => ({
        task,
        change,
        target,
        after: { text: change.script },
      }));
    case "remove":
      return [{ task, change, target: change.path, after: { mark: ABSENT } }];
    case "write":
      return [
        ...change.files.map(({ path, content, mode, owner, group }) => ({
          task,
          change,
          target: path,
          before: found(change.before[path]),
          after: { text: JSON.stringify([content, mode, owner, group]) },
        })),
        ...(change.unknown ?? []).map(({ path }) => ({
          task,
          change,
          target: path,
          before: found(change.before[path]),
          after: { mark: LATER },
        })),
      ];
  }
}

function found(text: string | undefined): Text | Mark {
  return text === undefined ? { mark: ABSENT } : { text };
}

/** What may be done on a host that a plan binds: what was foreseen, and nothing else. */
export type Bond = ReadonlyMap<string, Item>;

/** Tells one thing that is done from every other on a host. */
export const keyOf = ({ task, change, target }: Item) =>
  JSON.stringify([task, change.kind, target]);

/** The first of a task's changes that its plan does not say, in words; none: all of them may be. */
export function beyond(bond: Bond, task: Task, changes: readonly Change[]): string | undefined {
  for (const item of changes.flatMap((change) => split(task.name, change))) {
    const planned = bond.get(keyOf(item));
    if (planned === undefined) return `the plan does not say "${item.change.summary}"`;
    const same = !("text" in planned.after) || !("text" in item.after) ||
      planned.after.text === item.after.text;
    // How something is done may follow from what was seen on the way; what a file will hold, not.
    if (item.change.kind === "write" && !same) {
      return `the plan says another content of ${item.target}`;
    }
  }
}
