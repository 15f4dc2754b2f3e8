/**
 * Drills on an endpoint with several addresses, each of which was asked by itself.
 * @module
 */
import type { DrillEnd } from "./units.ts";

/** A drill once for every address, as if it had no other one: the one that fared worst first. */
export function everyAddress(end: DrillEnd): readonly DrillEnd[] {
  const { others = [], ...worst } = end;
  if (others.length === 0) return [worst];
  const { figures: _f, timeline: _t, outageMs: _o, maxHolders: _m, ...common } = worst;
  return [
    worst,
    ...others.map(({ address, verdict, figures, timeline }): DrillEnd => ({
      ...common,
      address,
      verdict,
      reasons: [],
      requests: figures?.requests ?? 0,
      failures: figures?.failures ?? 0,
      ...(figures?.outageMs === undefined ? {} : { outageMs: figures.outageMs }),
      ...(figures === undefined ? {} : { figures }),
      ...(timeline === undefined ? {} : { timeline }),
    })),
  ];
}
