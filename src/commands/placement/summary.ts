/**
 * The last lines of `placement apply`: what was written, and who still shares a host. Text only.
 * @module
 */
import type { Diagnostic } from "../../model.ts";
import type { RuleChange } from "../../placement/plan_model.ts";
import { placesText } from "../../placement/words.ts";
import { placementText, type Planned } from "./text.ts";

/** What came of plans. */
export interface Summary {
  /** Whether it was only said what would be done. */
  readonly check: boolean;
  /** Writes that were made. */
  readonly written: readonly RuleChange[];
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
  const would = plans.flatMap(({ plan }) => plan.changes);
  const made = errors > 0
    ? "nothing written, because of what is wrong"
    : check
    ? `check mode: ${madeText(would, "would be ")}`
    : madeText(written);
  // What is not so right after it was written, somebody else has changed.
  const left = after.flatMap(({ plan }) => [...plan.changes, ...plan.errors]).length;
  const undone = check || errors > 0 || left === 0 ? [] : [`${rules(left)} not as it should be`];
  return `\n${[...idle, [made, ...undone, ...sharedText(after)].join("; ")].join("\n")}\n`;
}

/** The last line where something came in the way of writing, or of looking again. */
export function stoppedText(
  plans: readonly Planned[],
  written: readonly RuleChange[],
  errors: readonly Diagnostic[],
): string {
  const left = plans.flatMap(({ plan }) => plan.changes).length - written.length;
  const unsure = errors.some(({ code }) => UNSURE.has(code));
  const more = left === 0
    ? "where machines are by now is not known"
    : `${left} still to do${unsure ? "; whether the next one was made is not known" : ""}`;
  return `\n${madeText(written)}; ${more}\n`;
}

/** Nobody knows what became of a write that was under way. */
const UNSURE: ReadonlySet<string> = new Set([
  "platform-unreachable",
  "platform-answer",
  "platform-timeout",
]);

/** The groups again, where they are not as they were before; else nothing. */
export function movedText(plans: readonly Planned[], after: readonly Planned[]): string {
  const [before, now] = [plans, after].map((all) => placementText(all, { groupsOnly: true }));
  return now === undefined || now === "" || now === before ? "" : `\nafterwards:\n${now}`;
}

/** `2 rules written, 1 removed`: what is taken away is no rule that was written. */
function madeText(changes: readonly RuleChange[], be = ""): string {
  const removed = changes.filter(({ kind }) => kind === "remove").length;
  const written = changes.length - removed;
  if (removed === 0) return `${rules(written)} ${be}written`;
  return written === 0
    ? `${rules(removed)} ${be}removed`
    : `${rules(written)} ${be}written, ${removed} removed`;
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
