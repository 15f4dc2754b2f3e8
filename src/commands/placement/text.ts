/**
 * Plans of placements as text for people. Text only.
 * @module
 */
import { green, red, yellow } from "@std/fmt/colors";
import type { PlacementSettings } from "../../model.ts";
import type { Seen } from "../../placement/model.ts";
import type {
  GroupSpread,
  PlacementPlan,
  PlanOptions,
  RuleChange,
  Violation,
} from "../../placement/plan_model.ts";
import { placesText } from "../../placement/words.ts";
import { printableLine } from "../../terminal.ts";
import { differenceLines, wouldText } from "./changes.ts";

/** A plan, and what it was made for. */
export interface Planned {
  /** The placement. */
  readonly settings: PlacementSettings;
  /** What it was planned with. */
  readonly options: PlanOptions;
  /** What it was planned from. */
  readonly seen: Seen;
  /** The plan. */
  readonly plan: PlacementPlan;
}

/** What of a plan is printed. */
export interface TextOptions {
  /** What differs in each rule, too. @default {false} */
  readonly diff?: boolean | undefined;
  /** Groups alone, without writes that would be made. @default {false} */
  readonly groupsOnly?: boolean;
}

/** Every group on a line, and below it who shares what; of several placements each has a heading. */
export function placementText(all: readonly Planned[], options: TextOptions = {}): string {
  return all.map((planned) => {
    const heading = all.length < 2 ? [] : [`placement of ${planned.settings.name}`];
    return [...heading, ...linesOf(planned, options), ""].join("\n");
  }).join("\n");
}

function linesOf({ options, plan, seen }: Planned, { diff, groupsOnly }: TextOptions): string[] {
  const changes = groupsOnly === true ? [] : plan.changes;
  const would = (all: readonly RuleChange[]) =>
    all.flatMap((it) => [wouldText(it), ...diff === true ? differenceLines(it, seen) : []]);
  const lines = plan.groups.flatMap((group) => {
    const shared = plan.violations.filter((it) => it.group === group.name);
    return [
      line(group, shared, options),
      ...shared.map((it) => `  ${red("shared")} ${printableLine(it.host)}: ${names(it.members)}`),
      ...would(changes.filter((it) => it.kind !== "remove" && it.group === group.name)),
    ];
  });
  return [...lines, ...would(changes.filter(({ kind }) => kind === "remove"))];
}

function line(
  { name, policy, members, hosts, usable, most, unknown }: GroupSpread,
  shared: readonly Violation[],
  { places }: PlanOptions,
): string {
  const where = places === "hosts" ? "on" : "in";
  const there = `${where} ${hosts.length} of ${placesText(usable, places)}`;
  const wanted = policy === "spread" ? `at most ${most} ${where} one` : "each alone";
  const verdict = shared.length > 0
    ? red(policy === "spread" ? "not spread evenly" : "not kept apart")
    : members === 0
    ? yellow("empty")
    : unknown.length > 0
    ? yellow(`not known of ${unknown.length}`)
    : green("ok");
  const count = `${members} member${members === 1 ? "" : "s"}`;
  return `${printableLine(name)}: ${count} ${there} (wanted: ${wanted}): ${verdict}`;
}

function names(all: readonly string[]): string {
  return all.map(printableLine).join(", ");
}
