/**
 * A plan that was saved, and what has become of it since. It holds no content and no secret: what a
 * change assumed and what it wants are keyed hashes, and the key never leaves the host. Pure.
 * @module
 */
import type { Change } from "./model.ts";

/** Rises when a plan of before can no longer be read. */
export const PLAN_FORMAT = 1;

/** What stands in place of a hash: nothing is there. */
export const ABSENT = "absent";
/** What stands in place of a hash: an earlier change of the same run decides. */
export const LATER = "known after apply";

/** One change to one thing on one host. */
export interface PlannedChange {
  /** Name of the task. */
  readonly task: string;
  /** Kind of change. */
  readonly kind: Change["kind"];
  /** Path, unit, package, user or kernel setting. */
  readonly target: string;
  /** What is done, for people. */
  readonly summary: string;
  /** What it assumed of the host: hash of a file's content, or {@link ABSENT}; unset: nothing more. */
  readonly before?: string;
  /** What it wants: hash of content, mode and owner or of a script, or {@link LATER}. */
  readonly after: string;
}

/** What a plan says of one host. */
export interface PlannedHost {
  /** A hash that only this machine makes. */
  readonly identity: string;
  /** Its changes, in the order in which they are made. */
  readonly changes: readonly PlannedChange[];
}

/** What decides, beside the inventory, what a run is about; spelled as the flags are. */
export interface PlanFlags {
  /** `--limit`. */
  readonly limit?: string | undefined;
  /** `--tags`. */
  readonly tags?: readonly string[] | undefined;
  /** `--skip-tags`. */
  readonly skipTags?: readonly string[] | undefined;
  /** `--start-at-task`. */
  readonly startAtTask?: string | undefined;
  /** `--extra-vars`. */
  readonly extraVars?: readonly string[] | undefined;
  /** `--play`. */
  readonly play?: string | undefined;
  /** `--user`. */
  readonly user?: string | undefined;
  /** `--become`. */
  readonly become?: boolean | undefined;
  /** `--shard`: which part, from 1, of how many. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
}

/** Where a secret comes from, as the inventory says it. */
export type SecretSource =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] };

/** A plan as it is saved. */
export interface SavedPlan {
  /** Tells a plan from every other file; {@link PLAN_FORMAT}. */
  readonly holdfastPlan: number;
  /** Version of Holdfast that made it. */
  readonly holdfast: string;
  /** When it was made, ISO 8601. */
  readonly made: string;
  /** The inventory as it was typed. */
  readonly inventory: string;
  /** Flags that the run was made with. */
  readonly flags: PlanFlags;
  /** Where the values come from that are not in it. */
  readonly secrets: readonly SecretSource[];
  /** What it says of each host, by name. */
  readonly hosts: Readonly<Record<string, PlannedHost>>;
}

/** What has changed on a host since its plan was made, a sentence each; none: the plan holds. */
export function differences(planned: PlannedHost, now: PlannedHost): string[] {
  if (planned.identity !== now.identity) {
    return ["it is not the machine that the plan was made for, or its ssh host keys are new"];
  }
  const [before, after] = [byTarget(planned.changes), byTarget(now.changes)];
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, { task, summary }]) =>
    `"${task}" has no more to "${summary}"`
  );
  const fresh = [...after].filter(([key]) => !before.has(key)).map(([, { task, summary }]) =>
    `"${task}" has to "${summary}" now, which the plan does not say`
  );
  const moved = [...before].flatMap(([key, was]) => {
    const is = after.get(key);
    return is === undefined ? [] : difference(was, is);
  });
  return [...new Set([...gone, ...fresh, ...moved])];
}

/** By what is done to what; the second change of one target in a task is another one. */
function byTarget(changes: readonly PlannedChange[]): Map<string, PlannedChange> {
  const found = new Map<string, PlannedChange>();
  for (const change of changes) {
    let key = JSON.stringify([change.task, change.kind, change.target]);
    while (found.has(key)) key += "+";
    found.set(key, change);
  }
  return found;
}

function difference(was: PlannedChange, is: PlannedChange): string[] {
  const { target, before, after } = was;
  if (before !== is.before) {
    if (before === ABSENT) return [`${target} was not there when the plan was made, and is now`];
    if (is.before === ABSENT) return [`${target} is gone since the plan was made`];
    return [`${target} has another content than when the plan was made`];
  }
  if (was.kind !== "write" && was.summary !== is.summary) {
    return [`"${was.task}" said "${was.summary}", and now says "${is.summary}"`];
  }
  if (after === is.after) return [];
  return was.kind === "write"
    ? [`${target} would be written otherwise: the inventory, a secret or a version has changed`]
    : [`"${was.summary}" would be done otherwise than the plan says`];
}
