/**
 * What the configuration of a cluster says of rules, and of who follows them. Pure.
 * @module
 */
import type { Pool, Rule } from "../model.ts";
import { refOf, senseless } from "./answers.ts";
import { child, childrenOf, type Element, textAt } from "./xml.ts";

/** A rule as the cluster has it. */
export interface ClusterRule extends Omit<Rule, "id" | "pool"> {
  /** Its number within the cluster. */
  readonly key: string;
  /** Its lasting id, where the server gives one. */
  readonly uuid?: string;
}

/** A cluster's configuration, as far as placement needs it. */
export interface ClusterConfig {
  /** Its rules. */
  readonly rules: readonly ClusterRule[];
  /** Whether and how rules are followed. */
  readonly enforcing: Pool["enforcing"];
  /** Ids of machines that are excepted from it: left alone, or moved only when a person agrees. */
  readonly excepted: ReadonlySet<string>;
}

/** The property that {@link readConfig} reads. */
export const CONFIG = "configurationEx";

const KINDS: Readonly<Record<string, Rule["kind"]>> = {
  ClusterAntiAffinityRuleSpec: "anti_affinity",
  ClusterAffinityRuleSpec: "affinity",
};

/** Reads the value of `configurationEx`. @throws {PlacementError} when it makes no sense */
export function readConfig(config: Element): ClusterConfig {
  const drs = child(config, "drsConfig");
  return {
    rules: childrenOf(config, "rule").map(ruleOf),
    enforcing: enforcingOf(drs),
    excepted: flag(drs, "enableVmBehaviorOverrides") === false ? new Set() : exceptions(config),
  };
}

function ruleOf(rule: Element): ClusterRule {
  const [key, name, uuid] = [
    textAt(rule, "key"),
    child(rule, "name")?.text,
    textAt(rule, "ruleUuid"),
  ];
  if (key === undefined || !/^-?\d+$/.test(key) || name === undefined) {
    throw senseless("the rules of the cluster", "A rule without a key or a name");
  }
  return {
    key,
    name,
    ...(uuid !== undefined && uuid !== "" && { uuid }),
    kind: KINDS[rule.type ?? ""] ?? "other",
    enabled: flag(rule, "enabled") === true,
    mandatory: flag(rule, "mandatory") === true,
    vms: childrenOf(rule, "vm").map((vm) => refOf(vm).value),
  };
}

function enforcingOf(drs: Element | undefined): Pool["enforcing"] {
  if (flag(drs, "enabled") !== true) return "off";
  return textAt(drs, "defaultVmBehavior") === "fullyAutomated" ? "auto" : "manual";
}

function exceptions(config: Element): Set<string> {
  const weak = childrenOf(config, "drsVmConfig").filter((one) => {
    const behavior = textAt(one, "behavior");
    return flag(one, "enabled") === false ||
      (behavior !== undefined && behavior !== "fullyAutomated");
  });
  return new Set(weak.map((one) => refOf(child(one, "key")).value));
}

function flag(element: Element | undefined, name: string): boolean | undefined {
  const text = textAt(element, name);
  if (text === undefined || text === "") return undefined;
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw senseless(name, "Neither true nor false");
}
