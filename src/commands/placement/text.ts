/**
 * Plans of placements as text for people. Text only.
 * @module
 */
import { green, red, yellow } from "@std/fmt/colors";
import type { PlacementSettings } from "../../model.ts";
import type {
  GroupSpread,
  PlacementPlan,
  PlanOptions,
  RuleChange,
  Violation,
} from "../../placement/plan_model.ts";
import { placesText } from "../../placement/words.ts";
import { printableLine } from "../../terminal.ts";

/** A plan, and what it was made for. */
export interface Planned {
  /** The placement. */
  readonly settings: PlacementSettings;
  /** What it was planned with. */
  readonly options: PlanOptions;
  /** The plan. */
  readonly plan: PlacementPlan;
}

/** Every group on a line, and below it who shares what; of several placements each has a heading. */
export function placementText(all: readonly Planned[]): string {
  return all.map(({ settings, options, plan }) => {
    const heading = all.length < 2 ? [] : [`placement of ${settings.name}`];
    const lines = plan.groups.flatMap((group) => {
      const shared = plan.violations.filter((it) => it.group === group.name);
      const change = plan.changes.filter((it) => it.kind !== "remove" && it.group === group.name);
      return [
        line(group, shared, options),
        ...shared.map((it) => `  ${red("shared")} ${printableLine(it.host)}: ${names(it.members)}`),
        ...change.map(changeLine),
      ];
    });
    const removed = plan.changes.filter(({ kind }) => kind === "remove").map(changeLine);
    return [...heading, ...lines, ...removed, ""].join("\n");
  }).join("\n");
}

function line(
  { name, policy, members, hosts, usable, most, unknown }: GroupSpread,
  shared: readonly Violation[],
  { places }: PlanOptions,
): string {
  const where = places === "hosts" ? "on" : "in";
  const there = `${where} ${hosts.length} of ${placesText(usable, places)}`;
  const kept = policy === "spread" ? `, at most ${most} ${where} one` : ", each alone";
  const verdict = shared.length > 0
    ? red(policy === "spread" ? "not spread evenly" : "not kept apart")
    : unknown.length > 0
    ? yellow(`not known of ${unknown.length}`)
    : green("ok");
  const count = `${members} member${members === 1 ? "" : "s"}`;
  return `${printableLine(name)}: ${count} ${there}${kept}: ${verdict}`;
}

function changeLine({ kind, rule }: RuleChange): string {
  return `  would ${yellow(kind)} rule ${printableLine(rule.name)} of ${printableLine(rule.pool)}`;
}

function names(all: readonly string[]): string {
  return all.map(printableLine).join(", ");
}
