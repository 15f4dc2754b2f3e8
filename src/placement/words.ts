/**
 * Words of messages about placements. Text only.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { PlanOptions, Violation } from "./plan_model.ts";

/** `1 host`, `2 failure domains`. */
export function placesText(count: number, places: PlanOptions["places"]): string {
  return `${count} ${placeWord(count, places)}`;
}

/** `host`, `failure domains`: what so many of them are called. */
export function placeWord(count: number, places: PlanOptions["places"]): string {
  const one = places === "hosts" ? "host" : "failure domain";
  return count === 1 ? one : `${one}s`;
}

/** `"m1" and "m2"`, `"m1", "m2" and "m3"`; of many, the first ten. */
export function listText(names: readonly string[]): string {
  const shown = names.length > 10 ? names.slice(0, 10) : names.slice(0, -1);
  const last = names.length > 10 ? `${names.length - 10} more` : quote(names.at(-1) ?? "");
  return shown.length === 0 ? last : `${shown.map((it) => quote(it)).join(", ")} and ${last}`;
}

/** A violation as a sentence. */
export function violationText(
  { group, host, members, most }: Violation,
  places: PlanOptions["places"],
): string {
  const place = places === "hosts" ? `host ${quote(host)}` : `failure domain ${quote(host)}`;
  const share = `Members of group ${quote(group)} share ${place}: ${listText(members)}`;
  return most === 1 ? share : `${share}; at most ${most} of them would be there, spread evenly`;
}
