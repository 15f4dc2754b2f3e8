/**
 * `placement check`: which members of a group share a physical host or a failure domain. Reads, and
 * writes nothing anywhere.
 * @module
 */
import { EXIT } from "../../errors.ts";
import type { PlacementPlan } from "../../placement/plan_model.ts";
import type { Io } from "../io.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { placementJson } from "./json.ts";
import { type OpenFlags, withPlacements } from "./open.ts";
import { planned } from "./subject.ts";
import { placementText, type Planned } from "./text.ts";

/** Flags of `placement check`. */
export type PlacementFlags = OpenFlags;

/** Shows where the members of every placement's groups are, and gives the exit code. */
export function checkPlacement(path: string, flags: PlacementFlags, io: Io): Promise<number> {
  return withPlacements(path, flags, io, {
    work: async ({ placements, site, io, say }) => {
      const all: Planned[] = [];
      for (const settings of placements) all.push(await planned(settings, site));
      io.out(flags.json === true ? placementJson(all) : placementText(all, flags));
      say(all.flatMap((it) => diagnosticsOf(it, site.locate)));
      return exitCode(all.map((it) => it.plan));
    },
    failed: (errors) => placementJson([], undefined, errors),
  });
}

/**
 * The exit code that plans mean. One that cannot be carried out is a mistake of the inventory, and
 * that comes before what is not as wished.
 */
export function exitCode(plans: readonly PlacementPlan[]): number {
  if (plans.some(({ errors }) => errors.length > 0)) return EXIT.usage;
  const wishes = plans.flatMap(({ violations, changes }) => [...violations, ...changes]);
  return wishes.length > 0 ? EXIT.changes : EXIT.ok;
}
