/** Groups, machines and rules of a small platform, for the tests of this folder. */
import fc from "fast-check";
import type {
  Placement,
  PlacementGroup,
  PlacementPolicy,
  Pool,
  Rule,
  Seen,
} from "../../src/placement/model.ts";
import type { PlanOptions, RuleChange } from "../../src/placement/plan_model.ts";

/** A platform with rules, for a cluster called prod. */
export const PLATFORM: PlanOptions = { cluster: "prod", canEnforce: true, places: "hosts" };

/** A group of hosts whose machines are called as they are. */
export function group(
  members: readonly string[],
  policy: PlacementPolicy = "anti_affinity",
  name = "masters",
): PlacementGroup {
  return { name, policy, members: members.map((it) => ({ name: it, vm: it })) };
}

/** A machine on a host, in pool C0 unless another one is named. */
export function on(vm: string, host: string | undefined, pool: string | undefined = "C0") {
  const place: Placement = {
    vm,
    id: `vm-${vm}`,
    ...(host === undefined ? {} : { host }),
    ...(pool === "none" ? {} : { pool }),
  };
  return place;
}

/** A pool of so many hosts: e1, e2, ... */
export function pool(hosts: number, more: Partial<Pool> = {}): Pool {
  const usableHosts = Array.from({ length: hosts }, (_, i) => `e${i + 1}`);
  return { name: "C0", usableHosts, enforcing: "auto", ...more };
}

/** The rule of the masters, with these machines. */
export function rule(vms: readonly string[], more: Partial<Rule> = {}): Rule {
  return {
    id: "1",
    name: "prod-masters-anti-affinity",
    kind: "anti_affinity",
    enabled: true,
    mandatory: false,
    pool: "C0",
    vms: vms.map((it) => `vm-${it}`),
    ...more,
  };
}

/** What a platform has once these changes are made. */
export function carriedOut(seen: Seen, changes: readonly RuleChange[]): Seen {
  let rules = [...seen.rules];
  changes.forEach((change, i) => {
    if (change.kind === "remove") rules = rules.filter((it) => it !== change.rule);
    else {
      const made: Rule = {
        ...change.rule,
        id: change.kind === "change" ? change.current.id : `new-${i}`,
        kind: "anti_affinity",
        enabled: true,
      };
      if (change.kind === "create") rules.push(made);
      else rules = rules.map((it) => it === change.current ? made : it);
    }
  });
  return { ...seen, rules };
}

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const POOLS = ["C0", "C1"];

const anyGroups = fc.uniqueArray(fc.constantFrom("masters", "load_balancers", "e-u", "workers"), {
  minLength: 1,
}).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.tuple(
        fc.subarray(NAMES),
        fc.constantFrom<PlacementPolicy>("anti_affinity", "anti_affinity", "spread"),
      ).map(([members, policy]) => group(members, policy, name))
    ),
  )
);

const anyRule: fc.Arbitrary<Rule> = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom(
    "prod-masters-anti-affinity",
    "prod-load_balancers-anti-affinity",
    "prod-gone-anti-affinity",
    "prod-e-u-anti-affinity",
    "prod-eu-masters-anti-affinity",
    "by hand",
  ),
  kind: fc.constantFrom<Rule["kind"]>(
    "anti_affinity",
    "anti_affinity",
    "anti_affinity",
    "affinity",
  ),
  enabled: fc.boolean(),
  mandatory: fc.boolean(),
  pool: fc.constantFrom(...POOLS),
  vms: fc.subarray([...NAMES, "stranger"]).map((all) => all.map((it) => `vm-${it}`)),
});

/** Any platform and what is wanted of it: most machines are somewhere, and most hosts usable. */
export const anySight: fc.Arbitrary<{ readonly groups: PlacementGroup[]; readonly seen: Seen }> = fc
  .record({
    groups: anyGroups,
    placements: fc.tuple(...NAMES.map((name) =>
      fc.record({
        host: fc.option(fc.constantFrom("e1", "e2", "e3", "e9"), { nil: undefined, freq: 6 }),
        pool: fc.constantFrom("C0", "C0", "C0", "C1", "none"),
      }).map((it) => on(name, it.host, it.pool))
    )),
    pools: fc.tuple(...POOLS.map((name) =>
      fc.record({
        hosts: fc.integer({ min: 0, max: 8 }),
        enforcing: fc.constantFrom<Pool["enforcing"]>("auto", "manual", "off"),
      }).map(({ hosts, enforcing }) => pool(hosts, { name, enforcing }))
    )),
    rules: fc.array(anyRule, { maxLength: 5 }),
  }).map(({ groups, ...seen }) => ({ groups, seen }));

/** Any options of a platform with rules. */
export const anyOptions: fc.Arbitrary<PlanOptions> = fc.record({
  purpose: fc.constantFrom("check" as const, "apply" as const),
  mandatory: fc.boolean(),
  takeOver: fc.boolean(),
  prune: fc.boolean(),
}).map((it) => ({ ...PLATFORM, ...it }));
