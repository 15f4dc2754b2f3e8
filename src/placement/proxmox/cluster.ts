/**
 * The cluster of a Proxmox VE as a pool, and its HA rules as rules of the plan. Pure.
 * @module
 */
import type { Pool, Rule, Unruled } from "../model.ts";
import type { ClusterStatus, Manager, Resources, Rules } from "./answers.ts";

/** The cluster that the server belongs to; undefined: it is a node by itself. */
export function clusterOf(status: ClusterStatus) {
  return status.find((one) => one.type === "cluster");
}

/** Nodes that HA places something on now: online, and not in maintenance. */
export function usableNodes(status: ClusterStatus, manager: Manager): string[] {
  const states = manager.manager_status.node_status ?? {};
  return status.flatMap((one) => {
    if (one.type !== "node" || one.online !== true) return [];
    // One that HA has not seen yet has no state.
    const known = Object.hasOwn(states, one.name) ? states[one.name] : "online";
    const lrm = manager.lrm_status ?? {};
    const mode = Object.hasOwn(lrm, one.name) ? lrm[one.name]?.mode : undefined;
    return known === "online" && mode !== "maintenance" ? [one.name] : [];
  }).sort();
}

/** Why nobody follows rules; undefined: HA does. */
export function idle(
  quorate: boolean,
  manager: Manager,
  rules: Rules | undefined,
  version: string,
): string | undefined {
  if (rules === undefined) {
    return `Proxmox VE ${version} has none that keep machines apart: 9.0 or later has`;
  }
  if (!quorate) return "the cluster has no quorum (pvecm status)";
  if (manager.manager_status.disarm === undefined) return undefined;
  return "HA is disarmed (ha-manager crm-command arm-ha)";
}

/** The cluster as a pool. */
export function poolOf(name: string, usableHosts: readonly string[], why?: string): Pool {
  return {
    name,
    usableHosts,
    ...why === undefined ? { enforcing: "auto" } : { enforcing: "off", why },
  };
}

/** What a machine lacks before a rule can be about it; undefined: nothing. */
export function unruled(sid: string, resources: Resources): Unruled | undefined {
  const resource = resources.find((one) => one.sid === sid);
  if (resource === undefined) {
    return {
      why: "no HA resource, and rules are about those alone",
      hint: `ha-manager add ${sid}`,
    };
  }
  if (resource.state !== "ignored") return undefined;
  return { why: "an HA resource that HA ignores", hint: `ha-manager set ${sid} --state started` };
}

/** A rule of the cluster. It may never be broken: what cannot follow it stays down. */
export function ruleOf(rule: Rules[number], pool: string): Rule {
  const kind = kindOf(rule);
  // One that contradicts another is dropped by HA, as if it were disabled. Of two that do, the one
  // that keeps machines together is what a person has to look at.
  const dropped = kind === "anti_affinity" && rule.errors !== undefined;
  return {
    id: rule.rule,
    name: rule.rule,
    kind,
    enabled: rule.disable !== true && !dropped,
    mandatory: true,
    pool,
    vms: rule.resources ?? [],
  };
}

function kindOf({ type, affinity }: Rules[number]): Rule["kind"] {
  if (type !== "resource-affinity") return "other";
  if (affinity === "negative") return "anti_affinity";
  return affinity === "positive" ? "affinity" : "other";
}
