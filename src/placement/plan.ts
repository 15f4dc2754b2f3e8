/**
 * What is wrong with where machines are, and which rules would be written. Pure: the same groups
 * and the same sight give the same plan, and a plan that was carried out wants nothing more.
 * @module
 */
import { findingsOf } from "./findings.ts";
import type { PlacementGroup, Seen } from "./model.ts";
import type { Finding, PlacementPlan, PlanOptions } from "./plan_model.ts";
import { rulesOf } from "./rules.ts";
import { seenGroup, spreadOf, violationsOf } from "./spread.ts";

/**
 * Plans all groups together, so that an error of one keeps every write of all of them back.
 *
 * @example
 * ```ts
 * import { plan } from "./plan.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const masters = {
 *   name: "masters",
 *   policy: "anti_affinity" as const,
 *   members: [{ name: "m1", vm: "m1" }, { name: "m2", vm: "m2" }],
 * };
 * const seen = {
 *   placements: [{ vm: "m1", id: "vm-1", host: "esx-01", pool: "C0" },
 *     { vm: "m2", id: "vm-2", host: "esx-01", pool: "C0" }],
 *   pools: [{ name: "C0", usableHosts: ["esx-01", "esx-02", "esx-03"], enforcing: "auto" as const }],
 *   rules: [],
 * };
 * const { violations, changes } = plan([masters], seen, {
 *   cluster: "prod",
 *   canEnforce: true,
 *   places: "hosts",
 * });
 * assertEquals(violations, [{ group: "masters", host: "esx-01", members: ["m1", "m2"], most: 1 }]);
 * assertEquals(changes.map(({ rule }) => rule.name), ["prod-masters-anti-affinity"]);
 * ```
 */
export function plan(
  groups: readonly PlacementGroup[],
  seen: Seen,
  options: PlanOptions,
): PlacementPlan {
  const all = groups.map((group) => seenGroup(group, seen));
  const known = new Set([
    ...seen.pools.flatMap(({ usableHosts }) => usableHosts),
    ...seen.placements.flatMap(({ host }) => host ?? []),
  ]);
  const rules = options.canEnforce ? rulesOf(all, seen, options) : { changes: [], findings: [] };
  const findings = distinct([
    ...all.flatMap((it) => findingsOf(it, known, options)),
    ...rules.findings,
  ]);
  const errors = findings.filter(({ severity }) => severity === "error");
  return {
    groups: all.map(spreadOf),
    violations: all.flatMap(violationsOf),
    changes: errors.length > 0 ? [] : rules.changes,
    errors,
    warnings: findings.filter(({ severity }) => severity === "warning"),
    notes: findings.filter(({ severity }) => severity === "note"),
  };
}

/** A host in two groups is spoken of once. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((it) => [`${it.code} ${it.message}`, it])).values()];
}
