/**
 * Which tasks `--tags` and `--skip-tags` mean, by Ansible's rules. Pure.
 * @module
 */

/** What a person chose by tags. */
export interface TagChoice {
  /** `--tags`; empty: all of them. */
  readonly only: readonly string[];
  /** `--skip-tags`. */
  readonly skip: readonly string[];
}

/** Words with a meaning of their own, whatever the tasks are tagged with. */
export const SPECIAL_TAGS = ["all", "tagged", "untagged", "always", "never"] as const;

/** The words of a flag that may be repeated and holds words with commas between them. */
export function tagWords(flags: readonly string[] = []): readonly string[] {
  const words = flags.flatMap((flag) => flag.split(",")).map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ""))];
}

/**
 * Whether a task with these tags is wanted. `always` is, unless it is skipped by name; `never` is
 * not, unless one of its tags is asked for by name; a task without tags is `untagged`.
 *
 * @example
 * ```ts
 * import { isWanted } from "./tags.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isWanted(["config", "haproxy"], { only: ["config"], skip: ["keepalived"] }), true);
 * assertEquals(isWanted(["never", "debug"], { only: [], skip: [] }), false);
 * ```
 */
export function isWanted(tags: readonly string[], choice: TagChoice): boolean {
  const own = new Set(tags.length === 0 ? ["untagged"] : tags);
  return isChosen(own, choice.only) && !isSkipped(own, choice.skip);
}

function isChosen(own: ReadonlySet<string>, given: readonly string[]): boolean {
  const only = given.length === 0 ? ["all"] : given;
  if (own.has("always") || only.some((tag) => own.has(tag))) return true;
  if (own.has("never")) return false;
  return only.includes("all") || (only.includes("tagged") && !own.has("untagged"));
}

function isSkipped(own: ReadonlySet<string>, skip: readonly string[]): boolean {
  if (skip.some((tag) => own.has(tag))) return true;
  if (skip.includes("all")) return !own.has("always");
  return skip.includes("tagged") && !own.has("untagged");
}
