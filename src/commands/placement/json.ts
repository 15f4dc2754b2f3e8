/**
 * Plans of placements as data: a contract, to which fields are only added. Text only.
 * @module
 */
import type { Diagnostic } from "../../model.ts";
import type { Finding, RuleChange } from "../../placement/plan_model.ts";
import { escaped } from "../../terminal.ts";
import { VERSION } from "../../version.ts";
import type { Planned } from "./text.ts";

/** What was done to rules, and what was seen afterwards. */
export interface Outcome {
  /** Whether it was only said what would be done. */
  readonly check: boolean;
  /** Writes that were made, in order. */
  readonly written: readonly Written[];
  /** What was seen after them; nothing where that did not come about. */
  readonly after: readonly Planned[];
}

/** A write that was made. */
export interface Written {
  /** Name of the placement. */
  readonly placement: string;
  /** The write. */
  readonly change: RuleChange;
}

/**
 * All plans as one JSON document, with what came of them where they were to be carried out, and
 * what came in the way of looking or writing.
 */
export function placementJson(
  all: readonly Planned[],
  outcome?: Outcome,
  errors: readonly Diagnostic[] = [],
): string {
  const data = {
    format: 1,
    holdfast: VERSION,
    placements: all.map(placement),
    errors,
    ...(outcome && {
      check: outcome.check,
      written: outcome.written.map(({ placement, change }) => ({ placement, ...change })),
      after: outcome.after.map(placement),
    }),
  };
  return `${JSON.stringify(data, null, 2).split("\n").map(escaped).join("\n")}\n`;
}

function placement({ settings, options, plan }: Planned) {
  return {
    placement: settings.name,
    provider: settings.provider,
    enforced: options.canEnforce,
    places: options.places,
    groups: plan.groups,
    violations: plan.violations,
    changes: plan.changes,
    errors: plan.errors.map(finding),
    warnings: plan.warnings.map(finding),
    notes: plan.notes.map(finding),
  };
}

/** The list that a finding stands in says how bad it is. */
function finding({ severity: _, ...rest }: Finding) {
  return rest;
}
