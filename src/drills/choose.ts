/**
 * Which drills are run: by name, else by suite. Pure.
 * @module
 */
import { didYouMean } from "../diagnostics.ts";
import type { Diagnostic } from "../model.ts";
import type { Drill } from "./model.ts";

/** What was asked for. */
export interface DrillChoice {
  /** Names, in the order in which they are run; they win over the suite. */
  readonly names: readonly string[];
  /** Suite that is run where no name is given. */
  readonly suite: Drill["suite"];
}

/** Drills that were asked for, and names that mean nothing. */
export interface ChosenDrills {
  /** In the order in which they are run. */
  readonly drills: readonly Drill[];
  /** One problem for each name that there is not, and for each that two drills have. */
  readonly problems: readonly Diagnostic[];
}

/** Chooses among all drills that there are: the built-in ones and those of files. */
export function chooseDrills(all: readonly Drill[], { names, suite }: DrillChoice): ChosenDrills {
  const byName = new Map(all.map((drill) => [drill.name, drill]));
  const doubled = all.filter((drill) => byName.get(drill.name) !== drill);
  const unknown = [...new Set(names)].filter((name) => !byName.has(name));
  const problems = [
    ...doubled.map(({ name }) => twice(name)),
    ...unknown.map((name) => unknownName(name, [...byName.keys()])),
  ];
  const drills = names.length === 0
    ? all.filter((drill) => suite === "full" || drill.suite === "quick")
    : names.flatMap((name) => byName.get(name) ?? []);
  return { drills: [...new Set(drills)], problems };
}

function twice(name: string): Diagnostic {
  const message = `Cannot tell which drill is meant by "${name}": two have that name`;
  return { severity: "error", code: "drill", message, hint: "give yours another name" };
}

function unknownName(name: string, names: readonly string[]): Diagnostic {
  const meant = didYouMean(name, names);
  return {
    severity: "error",
    code: "drill",
    message: `Cannot run drill "${name}": there is none of that name`,
    hint: meant ?? "holdfast drill INVENTORY --list shows them all",
  };
}
