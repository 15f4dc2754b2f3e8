/**
 * The last lines of `placement apply`: what was written, and who still shares a host. Text only.
 * @module
 */
import { placesText } from "../../placement/words.ts";
import type { Planned } from "./text.ts";

/** What came of plans. */
export interface Summary {
  /** Whether it was only said what would be done. */
  readonly check: boolean;
  /** How many rules were written. */
  readonly written: number;
  /** What was seen last. */
  readonly after: readonly Planned[];
}

/** Lines for people, after an empty one. */
export function summaryText(
  plans: readonly Planned[],
  { check, written, after }: Summary,
): string {
  const idle = plans.filter(({ options }) => !options.canEnforce).map(({ settings }) =>
    `Nothing to write for the placement of ${settings.name}: provider ${settings.provider} has no rules`
  );
  const errors = plans.flatMap(({ plan }) => plan.errors).length;
  const would = plans.flatMap(({ plan }) => plan.changes).length;
  const made = errors > 0
    ? "nothing written, because of what is wrong"
    : check
    ? `check mode: ${rules(would)} would be written`
    : `${rules(written)} written`;
  // What is not so right after it was written, somebody else has changed.
  const left = after.flatMap(({ plan }) => [...plan.changes, ...plan.errors]).length;
  const undone = check || errors > 0 || left === 0 ? [] : [`${rules(left)} not as it should be`];
  return `\n${[...idle, [made, ...undone, ...sharedText(after)].join("; ")].join("\n")}\n`;
}

function sharedText(after: readonly Planned[]): string[] {
  const [first, ...others] = after;
  if (first === undefined) return [];
  const { places } = first.options;
  const same = others.every(({ options }) => options.places === places);
  const shared = after.flatMap(({ plan }) => plan.violations).length;
  if (shared > 0) return [`${same ? placesText(shared, places) : shared} shared`];
  return [`nobody shares a ${same ? placesText(1, places).slice(2) : "place"}`];
}

function rules(number: number): string {
  return `${number === 0 ? "no" : number} rule${number === 1 ? "" : "s"}`;
}
