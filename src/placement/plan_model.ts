/**
 * What a plan of placements is made with and holds. Types only.
 * @module
 */
import type { PlacementPolicy, Rule, WantedRule } from "./model.ts";

/** What a plan is made with, beside groups and what was seen. */
export interface PlanOptions {
  /** First part of the names of rules, so that clusters of one platform do not meet. */
  readonly cluster: string;
  /** Whether the platform has rules; else members are looked at, and nothing is wanted. */
  readonly canEnforce: boolean;
  /** What a `host` of a placement is: a physical host, or a failure domain somebody declared. */
  readonly places: "hosts" | "domains";
  /** `apply`: a pool that follows no rules is an error. @default {"check"} */
  readonly purpose?: "check" | "apply";
  /** Whether rules may not be broken, for whatever reason. @default {false} */
  readonly mandatory?: boolean;
  /** Rules of these names may lose machines that no group has, or go with them. @default {false} */
  readonly takeOver?: boolean;
  /** Rules of groups that are gone are taken away. @default {false} */
  readonly prune?: boolean;
}

/** Members of one group that are too many on one physical host. */
export interface Violation {
  /** Name of the group. */
  readonly group: string;
  /** The physical host, or the failure domain. */
  readonly host: string;
  /** Names of those that share it, as in the inventory. */
  readonly members: readonly string[];
  /** How many of them may be there. */
  readonly most: number;
}

/** What of a rule is not as wished. */
export type RuleDifference = "members" | "enabled" | "mandatory";

/** One write. */
export type RuleChange =
  /** There is no such rule yet. */
  | { readonly kind: "create"; readonly group: string; readonly rule: WantedRule }
  /** There is one, which differs. */
  | {
    readonly kind: "change";
    readonly group: string;
    readonly rule: WantedRule;
    readonly current: Rule;
    /** In what; never empty. */
    readonly differs: readonly RuleDifference[];
  }
  /** It is of a group that is gone, or that needs none. */
  | { readonly kind: "remove"; readonly rule: Rule };

/** Something to say about what was seen or is wanted. */
export interface Finding {
  /** An error stops every write. */
  readonly severity: "error" | "warning" | "note";
  /** Stable kebab-case code. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** Group that it is about. */
  readonly group?: string;
  /** Host of the inventory that it is about. */
  readonly host?: string;
  /** What to do instead. */
  readonly hint?: string;
}

/** How the members of one group are spread, in numbers. */
export interface GroupSpread {
  /** Name of the group. */
  readonly name: string;
  /** How its members are kept apart. */
  readonly policy: PlacementPolicy;
  /** How many members it has. */
  readonly members: number;
  /** Physical hosts, or failure domains, that they are on, in order of appearance. */
  readonly hosts: readonly string[];
  /** How many there are to be on. */
  readonly usable: number;
  /** How many members may be on one: 1, or what spreading evenly comes to. */
  readonly most: number;
  /** Names of those of which it is not known where they are. */
  readonly unknown: readonly string[];
}

/** Everything that a plan says. */
export interface PlacementPlan {
  /** Every group, in order. */
  readonly groups: readonly GroupSpread[];
  /** What is not as it should be, now. */
  readonly violations: readonly Violation[];
  /** Writes in order; none at all where there is an error. */
  readonly changes: readonly RuleChange[];
  /** What stops every write. */
  readonly errors: readonly Finding[];
  /** What may go wrong. */
  readonly warnings: readonly Finding[];
  /** What is worth to know. */
  readonly notes: readonly Finding[];
}
