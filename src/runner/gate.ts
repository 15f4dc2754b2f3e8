/**
 * Gates are relative: a change may leave unfinished what it found so, and never make it worse. Pure.
 * @module
 */
import type { Verdict } from "../model.ts";

/**
 * What is wrong now and was not before, each in words; none: nothing is worse. A condition that does
 * not say its faults one by one is worse when it held and holds no more, whatever its message counts.
 *
 * @example
 * ```ts
 * import { worse } from "./gate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const found = (...faults: string[]) => ({ ok: false, message: "", faults });
 * assertEquals(worse(found("nobody holds it"), found("nobody holds it")), []);
 * assertEquals(worse(found(), found("nobody holds it")), ["nobody holds it"]);
 * ```
 */
export function worse(before: Verdict, after: Verdict): readonly string[] {
  if (after.faults === undefined) return before.ok && !after.ok ? [after.message] : [];
  const known = new Set(before.faults ?? (before.ok ? [] : [before.message]));
  return after.faults.filter((fault) => !known.has(fault));
}
