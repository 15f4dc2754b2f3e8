/** Scenes for the tests of this folder. */
import { CATALOGUE } from "../../../src/drills/catalogue/mod.ts";
import type { Break, Drill, DrillPlan, Scene } from "../../../src/drills/model.ts";
import { endpoint } from "../../endpoint/fixtures.ts";

/** Every profile. */
export const PROFILES = ["guide", "standard", "fast"] as const;

/** Two load balancers, the first of them holding the address, and everything a drill can ask for. */
export function scene(more: Partial<Scene> = {}): Scene {
  return {
    endpoint: endpoint(),
    holder: "lb1",
    standbys: ["lb2"],
    preferred: "lb1",
    interfaces: new Map([["lb1", "eth0"], ["lb2", "eth1"]]),
    power: true,
    api: true,
    ...more,
  };
}

/** A drill of the catalogue. */
export function drill(name: string): Drill {
  const found = CATALOGUE.find((it) => it.name === name);
  if (found === undefined) throw new RangeError(`Cannot find drill "${name}"`);
  return found;
}

/** What a drill breaks on hosts, before and in the measurement. */
export function hostBreaks(
  { prepare = [], breaks }: DrillPlan,
): Extract<Break, { kind: "host" }>[] {
  return [...prepare, ...breaks].filter((it) => it.kind === "host");
}

/** Every shell text of a plan, those of `apply` included. */
export function texts(plan: DrillPlan): string[] {
  const applied = plan.breaks.flatMap((it) => it.kind === "apply" ? [...it.undo.values()] : []);
  return [...hostBreaks(plan).flatMap(({ script, undo }) => [script, undo]), ...applied];
}
