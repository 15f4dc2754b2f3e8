/**
 * Names of rules: whose rule it is follows from its name alone. And names of physical hosts. Pure.
 * @module
 */

const END = "-anti-affinity";

/**
 * The name of the rule of a group.
 *
 * @example
 * ```ts
 * import { ruleName } from "./names.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ruleName("prod", "masters"), "prod-masters-anti-affinity");
 * ```
 */
export function ruleName(cluster: string, group: string): string {
  return `${cluster}-${group}${END}`;
}

/**
 * Name of the group that a rule of this cluster is for; undefined: it is none of its rules.
 * `prod-eu-masters-anti-affinity` may be `masters` of `prod-eu`, and then `prod` must not touch it:
 * `certain` says that it cannot be.
 */
export function groupOfRule(
  cluster: string,
  name: string,
): { readonly group: string; readonly certain: boolean } | undefined {
  const group = name.slice(cluster.length + 1, -END.length);
  if (group === "" || ruleName(cluster, group) !== name) return undefined;
  return { group, certain: !group.includes("-") };
}

/** Whether a failure domain of the inventory means this physical host: `esx-01` is `esx-01.example.com`. */
export function isCalled(host: string, domain: string): boolean {
  return host === domain || host.startsWith(`${domain}.`);
}
