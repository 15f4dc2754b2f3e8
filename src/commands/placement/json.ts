/**
 * Plans of placements as data: a contract, to which fields are only added. Text only.
 * @module
 */
import type { Finding } from "../../placement/plan_model.ts";
import { escaped } from "../../terminal.ts";
import { VERSION } from "../../version.ts";
import type { Planned } from "./text.ts";

/** All plans as one JSON document. */
export function placementJson(all: readonly Planned[]): string {
  const placements = all.map(({ settings, options, plan }) => ({
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
  }));
  const text = JSON.stringify({ format: 1, holdfast: VERSION, placements }, null, 2);
  return `${text.split("\n").map(escaped).join("\n")}\n`;
}

/** The list that a finding stands in says how bad it is. */
function finding({ severity: _, ...rest }: Finding) {
  return rest;
}
