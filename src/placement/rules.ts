/**
 * Which rules a platform should have, and what is to be written so that it has them. Pure.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Rule, Seen, WantedRule } from "./model.ts";
import { groupOfRule, ruleName } from "./names.ts";
import type { Finding, PlanOptions, RuleChange, RuleDifference } from "./plan_model.ts";
import type { Seat, SeenGroup, Share } from "./spread.ts";
import { listText } from "./words.ts";

/** Changes, and what is to be said. */
export interface RulePlan {
  /** In order. */
  readonly changes: readonly RuleChange[];
  /** In order. */
  readonly findings: readonly Finding[];
}

/** A rule that a group shall have in a pool. */
interface Wish {
  readonly group: string;
  readonly rule: WantedRule;
  readonly seats: readonly Seat[];
  /** Whether it could be written as things are; what keeps it from that is found elsewhere. */
  readonly possible: boolean;
}

/** Every rule of every group, and those that nobody wants any more. */
export function rulesOf(
  groups: readonly SeenGroup[],
  seen: Seen,
  options: PlanOptions,
): RulePlan {
  const wishes = groups.flatMap((it) => it.shares.flatMap((share) => wishOf(it, share, options)));
  const plans = [
    ...wishes.flatMap((wish) => [possible(wish, seen, options), together(wish, seen)]),
    stale(wishes, seen, options),
  ];
  return {
    changes: plans.flatMap(({ changes }) => changes),
    findings: plans.flatMap(({ findings }) => findings),
  };
}

function wishOf({ group }: SeenGroup, { pool, seats }: Share, options: PlanOptions): Wish[] {
  if (pool === undefined || seats.length < 2 || group.policy !== "anti_affinity") return [];
  const { cluster, mandatory = false } = options;
  const vms = seats.map(({ placement }) => placement.id);
  const rule = { name: ruleName(cluster, group.name), mandatory, pool: pool.name, vms };
  const possible = pool.enforcing !== "off" &&
    seats.every(({ placement }) => placement.unruled === undefined);
  return [{ group: group.name, rule, seats, possible }];
}

/** What `placement apply` would refuse to write is not wanted either. */
function possible(wish: Wish, seen: Seen, options: PlanOptions): RulePlan {
  const plan = decide(wish, seen, options);
  return wish.possible ? plan : { ...plan, changes: [] };
}

function decide(wish: Wish, seen: Seen, options: PlanOptions): RulePlan {
  const { cluster, takeOver = false } = options;
  const { group, rule } = wish;
  const mine = rulesIn(rule.pool, seen);
  const [current, second] = mine.filter(({ name }) => name === rule.name);
  if (current === undefined) {
    // Those of this cluster follow their own groups: they may change or go any time.
    return missing(wish, mine.filter(({ name }) => groupOfRule(cluster, name) === undefined));
  }
  const of = `Cannot change rule ${quote(rule.name)} of pool ${quote(rule.pool)}`;
  if (second !== undefined) {
    const message = `${of}: there are two rules of this name`;
    return refuse({ code: "rule-twice", message, group, hint: "remove or rename one by hand" });
  }
  if (current.kind !== "anti_affinity") {
    const what = current.kind === "affinity" ? "keeps machines together" : "is of another kind";
    const message = `${of}: it ${what} (${machines(current.vms, seen)}), and group ` +
      `${quote(group)} needs one that keeps ${machines(rule.vms, seen)} apart`;
    return refuse({ code: "rule-kind", message, group, hint: "remove or rename it by hand" });
  }
  const strangers = outside(current, seen);
  if (strangers.length > 0 && !takeOver) {
    const message = `${of}: it is about ${machines(strangers, seen)}, which no group of the ` +
      `inventory has; group ${quote(group)} has ${machines(rule.vms, seen)}`;
    return refuse({ code: "rule-foreign", message, group, hint: OURS });
  }
  const differs = differences(current, rule);
  if (differs.length === 0) return NOTHING;
  return { changes: [{ kind: "change", group, rule, current, differs }], findings: [] };
}

/** There is none of this name: one under another name may do the same. */
function missing({ group, rule }: Wish, others: readonly Rule[]): RulePlan {
  const other = others.find(({ kind, enabled, mandatory, vms }) =>
    kind === "anti_affinity" && enabled && (mandatory || !rule.mandatory) &&
    rule.vms.every((id) => vms.includes(id))
  );
  if (other === undefined) return { changes: [{ kind: "create", group, rule }], findings: [] };
  const message = `Rule ${quote(other.name)} of pool ${quote(rule.pool)} keeps group ` +
    `${quote(group)} apart already: it gets no rule of its own`;
  return say({ severity: "note", code: "rule-covered", message, group });
}

/** Rules of others that ask for the opposite: which one counts, the platform alone knows. */
function together({ group, rule, seats }: Wish, seen: Seen): RulePlan {
  const against = rulesIn(rule.pool, seen).flatMap((other): Finding[] => {
    const both = seats.filter(({ placement }) => other.vms.includes(placement.id));
    if (other.kind !== "affinity" || !other.enabled || both.length < 2) return [];
    // Of the same name: that is said already.
    if (other.name === rule.name) return [];
    const message = `Cannot keep group ${quote(group)} apart: rule ${quote(other.name)} of pool ` +
      `${quote(rule.pool)} keeps ${listText(both.map(({ host }) => host.name))} together`;
    const hint = "remove or disable it by hand";
    return [{ severity: "error", code: "rule-against", message, group, hint }];
  });
  return { changes: [], findings: against };
}

/** Rules of this cluster that nobody wants any more. */
function stale(wishes: readonly Wish[], seen: Seen, options: PlanOptions): RulePlan {
  const left = seen.rules.filter((rule) => {
    const named = groupOfRule(options.cluster, rule.name);
    if (named === undefined || rule.kind !== "anti_affinity") return false;
    if (wishes.some((it) => it.rule.name === rule.name && it.rule.pool === rule.pool)) return false;
    return named.certain || (rule.vms.length > 0 && outside(rule, seen).length === 0);
  });
  const plans = left.map((rule) => unwanted(rule, seen, options));
  return {
    changes: plans.flatMap(({ changes }) => changes),
    findings: plans.flatMap(({ findings }) => findings),
  };
}

/** Another inventory may call its cluster the same: machines of nobody here speak for that. */
function unwanted(rule: Rule, seen: Seen, { prune = false, takeOver = false }: PlanOptions) {
  const of = `rule ${quote(rule.name)} of pool ${quote(rule.pool)}`;
  const strangers = outside(rule, seen);
  const about = `it is about ${machines(strangers, seen)}, which no group of the inventory has`;
  if (prune && strangers.length > 0 && !takeOver) {
    const message = `Cannot remove ${of}: ${about}`;
    return refuse({ code: "rule-foreign", message, hint: OURS });
  }
  if (prune) return { changes: [{ kind: "remove" as const, rule }], findings: [] };
  const message = `R${of.slice(1)} is wanted by no group any more`;
  const note = { severity: "note", code: "rule-stale" } as const;
  if (strangers.length === 0) {
    return say({ ...note, message, hint: "placement apply --prune takes it away" });
  }
  const hint = "placement apply --prune --take-over takes it away, where it is this cluster's";
  return say({ ...note, message: `${message}; ${about}`, hint });
}

const OURS = "--take-over, where the rule is this cluster's";

/** Machines of a rule that no group has. */
function outside({ vms }: Rule, { placements }: Seen): string[] {
  const known = new Set(placements.map(({ id }) => id));
  return vms.filter((id) => !known.has(id));
}

/** In what a rule is not as wished. */
function differences(current: Rule, wanted: WantedRule): RuleDifference[] {
  const now = new Set(current.vms);
  const same = now.size === wanted.vms.length && wanted.vms.every((id) => now.has(id));
  return [
    ...same ? [] : ["members" as const],
    ...current.enabled ? [] : ["enabled" as const],
    ...current.mandatory === wanted.mandatory ? [] : ["mandatory" as const],
  ];
}

const NOTHING: RulePlan = { changes: [], findings: [] };

const rulesIn = (pool: string, { rules }: Seen) => rules.filter((rule) => rule.pool === pool);

function refuse(finding: Omit<Finding, "severity">): RulePlan {
  return say({ severity: "error", ...finding });
}

function say(finding: Finding): RulePlan {
  return { changes: [], findings: [finding] };
}

/** Machines by their names; of one that was not looked at only the id is known. */
function machines(ids: readonly string[], { placements }: Seen): string {
  if (ids.length === 0) return "no machine";
  return listText(ids.map((id) => placements.find((it) => it.id === id)?.vm ?? id));
}
