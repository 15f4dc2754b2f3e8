import { assertEquals } from "@std/assert";
import type { PlacementGroup, Seen } from "../../src/placement/model.ts";
import { plan } from "../../src/placement/plan.ts";
import type { PlanOptions } from "../../src/placement/plan_model.ts";
import { group, on, PLATFORM, pool, rule } from "./fixtures.ts";

/** A platform, and what a plan over it says, as a person would read it. */
interface Case {
  readonly groups?: readonly PlacementGroup[];
  readonly seen?: Partial<Seen>;
  readonly options?: Partial<PlanOptions>;
  readonly says: readonly string[];
}

const THREE = [on("m1", "e1"), on("m2", "e2"), on("m3", "e3")];
const UNRULED = THREE.map((it) => ({ ...it, unruled: { why: "no HA resource", hint: "add" } }));
const MASTERS = group(["m1", "m2", "m3"]);
const GOOD = rule(["m1", "m2", "m3"]);
const CREATE = "create prod-masters-anti-affinity in C0: vm-m1 vm-m2 vm-m3";

const CASES: Readonly<Record<string, Case>> = {
  "there is a rule, and it holds: nothing": { seen: { rules: [GOOD] }, says: [] },
  "there is no rule: it is made": { says: [CREATE] },
  "two share a host": {
    seen: { placements: [on("m1", "e1"), on("m2", "e2"), on("m3", "e1")], rules: [GOOD] },
    says: ["violation masters e1: m1 m3, at most 1"],
  },
  "machines of one host in different pools share it all the same": {
    seen: {
      placements: [on("m1", "e1"), on("m2", "e2"), on("m3", "e1", "C1")],
      pools: [pool(4), pool(4, { name: "C1" })],
      rules: [rule(["m1", "m2"])],
    },
    says: ["violation masters e1: m1 m3, at most 1", "note group-split"],
  },
  "mandatory as wished": {
    seen: { rules: [{ ...GOOD, mandatory: true }] },
    options: { mandatory: true },
    says: [],
  },
  "mandatory differs": {
    seen: { rules: [GOOD] },
    options: { mandatory: true },
    says: ["change prod-masters-anti-affinity in C0: mandatory"],
  },
  "a member is missing in it": {
    seen: { rules: [rule(["m1", "m2"])] },
    says: ["change prod-masters-anti-affinity in C0: members"],
  },
  "a machine too many that the inventory knows: as drift": {
    groups: [MASTERS, group(["w1"], "spread", "workers")],
    seen: {
      placements: [...THREE, on("w1", "e1")],
      rules: [rule(["m1", "m2", "m3", "w1"])],
    },
    says: ["change prod-masters-anti-affinity in C0: members"],
  },
  "disabled by hand": {
    seen: { rules: [{ ...GOOD, enabled: false }] },
    says: ["change prod-masters-anti-affinity in C0: enabled"],
  },
  "members in another order are the same": {
    seen: { rules: [rule(["m3", "m1", "m2"])] },
    says: [],
  },
  "machine that was not found": {
    seen: { placements: THREE.slice(0, 2) },
    says: ["error machine-unknown"],
  },
  "two names of one machine": {
    groups: [{ ...MASTERS, members: [...MASTERS.members, { name: "m4", vm: "m1" }] }],
    says: ["violation masters e1: m1 m4, at most 1", "error machine-twice"],
  },
  "machine that is switched off": {
    seen: { placements: [...THREE.slice(0, 2), on("m3", undefined)], rules: [GOOD] },
    says: ["warning place-unknown"],
  },
  "a rule for each pool with two members or more": {
    groups: [group(["m1", "m2", "m3", "m4", "m5"])],
    seen: {
      placements: [
        ...THREE.slice(0, 2),
        on("m3", "f1", "C1"),
        on("m4", "f2", "C1"),
        on("m5", "g1", "C2"),
      ],
      pools: [pool(4), pool(4, { name: "C1" }), pool(4, { name: "C2" })],
    },
    says: [
      "create prod-masters-anti-affinity in C0: vm-m1 vm-m2",
      "create prod-masters-anti-affinity in C1: vm-m3 vm-m4",
      "note group-split",
    ],
  },
  "a host without a pool": {
    seen: { placements: [...THREE.slice(0, 2), on("m3", "solo", "none")] },
    says: ["create prod-masters-anti-affinity in C0: vm-m1 vm-m2", "warning no-pool"],
  },
  "more members than hosts": {
    seen: { pools: [pool(2)], placements: [on("m1", "e1"), on("m2", "e2"), on("m3", undefined)] },
    says: ["error no-room", "warning place-unknown"],
  },
  "as many members as hosts": {
    seen: { pools: [pool(3)], rules: [GOOD] },
    says: ["warning no-spare-host"],
  },
  "as many members as hosts, and mandatory": {
    seen: { pools: [pool(3)], rules: [{ ...GOOD, mandatory: true }] },
    options: { mandatory: true },
    says: ["warning no-spare-host"],
  },
  "a pool that follows no rules, looked at": {
    seen: { pools: [pool(4, { enforcing: "off" })] },
    says: ["warning not-enforced"],
  },
  "a pool that follows no rules, beside one that does": {
    groups: [group(["m1", "m2", "m3", "m4"])],
    seen: {
      placements: [...THREE.slice(0, 2), on("m3", "f1", "C1"), on("m4", "f2", "C1")],
      pools: [pool(4), pool(4, { name: "C1", enforcing: "off" })],
      rules: [rule(["m3"], { pool: "C1" })],
    },
    says: ["create prod-masters-anti-affinity in C0: vm-m1 vm-m2", "warning not-enforced"],
  },
  "a pool that follows no rules, written to": {
    seen: { pools: [pool(4, { enforcing: "off" })] },
    options: { purpose: "apply" },
    says: ["error not-enforced"],
  },
  "machines that no rule can be about, looked at": {
    seen: { placements: UNRULED },
    says: ["warning machine-unruled"],
  },
  "machines that no rule can be about, written to": {
    seen: { placements: UNRULED },
    options: { purpose: "apply" },
    says: ["error machine-unruled"],
  },
  "a pool that follows no rules, and machines that none can be about": {
    seen: { placements: UNRULED, pools: [pool(4, { enforcing: "off" })] },
    options: { purpose: "apply" },
    says: ["error not-enforced"],
  },
  "a pool where a person decides": {
    seen: { pools: [pool(4, { enforcing: "manual" })], rules: [GOOD] },
    says: ["warning by-hand"],
  },
  "the name is that of an affinity rule": {
    seen: { rules: [{ ...GOOD, kind: "affinity" }] },
    says: ["error rule-kind"],
  },
  "the name is that of a rule of another kind": {
    seen: { rules: [{ ...GOOD, kind: "other" }] },
    options: { takeOver: true },
    says: ["error rule-kind"],
  },
  "the name is there twice": {
    seen: { rules: [GOOD, { ...GOOD, id: "2" }] },
    says: ["error rule-twice"],
  },
  "a machine in it that no group has": {
    seen: { rules: [rule(["m1", "m2", "m3", "stranger"])] },
    says: ["error rule-foreign"],
  },
  "the same, taken over": {
    seen: { rules: [rule(["m1", "m2", "m3", "stranger"])] },
    options: { takeOver: true },
    says: ["change prod-masters-anti-affinity in C0: members"],
  },
  "an affinity rule of somebody keeps two together": {
    seen: { rules: [GOOD, rule(["m1", "m2"], { id: "2", name: "x", kind: "affinity" })] },
    says: ["error rule-against"],
  },
  "an affinity rule with one of them, or disabled, or elsewhere": {
    seen: {
      rules: [
        GOOD,
        rule(["m1", "w1"], { id: "2", name: "x", kind: "affinity" }),
        rule(["m1", "m2"], { id: "3", name: "y", kind: "affinity", enabled: false }),
        rule(["m1", "m2"], { id: "4", name: "z", kind: "affinity", pool: "C1" }),
      ],
    },
    says: [],
  },
  "another rule does the same already": {
    seen: { rules: [rule(["m1", "m2", "m3", "other"], { name: "by hand" })] },
    says: ["note rule-covered"],
  },
  "another rule does it, but is disabled": {
    seen: { rules: [rule(["m1", "m2", "m3"], { name: "by hand", enabled: false })] },
    says: [CREATE],
  },
  "another rule does it for two of three": {
    seen: { rules: [rule(["m1", "m2"], { name: "by hand" })] },
    says: [CREATE],
  },
  "another rule does it, but may be broken": {
    seen: { rules: [rule(["m1", "m2", "m3"], { name: "by hand" })] },
    options: { mandatory: true },
    says: [CREATE],
  },
  "a group of one": {
    groups: [group(["m1"])],
    seen: { placements: THREE.slice(0, 1) },
    says: ["note group-of-one"],
  },
  "a group of none": {
    groups: [group([])],
    seen: { placements: [] },
    says: ["warning group-empty"],
  },
  "the rule of a group that is gone stays, and is said": {
    seen: { rules: [GOOD, rule(["old"], { id: "2", name: "prod-etcd-anti-affinity" })] },
    says: ["note rule-stale"],
  },
  "the same, pruned: another inventory may have its machines": {
    seen: { rules: [GOOD, rule(["m1", "old"], { id: "2", name: "prod-etcd-anti-affinity" })] },
    options: { prune: true },
    says: ["error rule-foreign"],
  },
  "the same, pruned and taken over": {
    seen: { rules: [GOOD, rule(["m1", "old"], { id: "2", name: "prod-etcd-anti-affinity" })] },
    options: { prune: true, takeOver: true },
    says: ["remove prod-etcd-anti-affinity in C0"],
  },
  "taken over, and not pruned": {
    seen: { rules: [GOOD, rule(["old"], { id: "2", name: "prod-etcd-anti-affinity" })] },
    options: { takeOver: true },
    says: ["note rule-stale"],
  },
  "pruned, with machines of the inventory alone, or with none": {
    seen: {
      rules: [
        GOOD,
        rule(["m1", "m2"], { id: "2", name: "prod-etcd-anti-affinity" }),
        rule([], { id: "3", name: "prod-workers-anti-affinity" }),
      ],
    },
    options: { prune: true },
    says: ["remove prod-etcd-anti-affinity in C0", "remove prod-workers-anti-affinity in C0"],
  },
  "pruning touches no rule that may be another cluster's, of another kind or name": {
    seen: {
      rules: [
        GOOD,
        rule(["x"], { id: "2", name: "prod-eu-masters-anti-affinity" }),
        rule([], { id: "3", name: "prod-eu-workers-anti-affinity" }),
        rule(["x"], { id: "4", name: "prod-etcd-anti-affinity", kind: "affinity" }),
        rule(["m1"], { id: "5", name: "prod--anti-affinity" }),
        rule(["m1"], { id: "6", name: "prod-anti-affinity" }),
        rule(["m1"], { id: "7", name: "prod-etcd-anti-affinity-2" }),
        rule(["m1"], { id: "8", name: "staging-etcd-anti-affinity" }),
      ],
    },
    options: { prune: true },
    says: [],
  },
  "a name with dashes is ours where every machine is": {
    seen: { rules: [GOOD, rule(["m1"], { id: "2", name: "prod-old-name-anti-affinity" })] },
    options: { prune: true },
    says: ["remove prod-old-name-anti-affinity in C0"],
  },
  "a group that is only spread now needs its rule no more": {
    groups: [group(["m1", "m2", "m3"], "spread")],
    seen: { rules: [GOOD] },
    options: { prune: true },
    says: ["remove prod-masters-anti-affinity in C0"],
  },
  "an error keeps every write back, pruning too": {
    seen: {
      rules: [
        { ...GOOD, kind: "affinity" },
        rule(["m1"], { id: "2", name: "prod-etcd-anti-affinity" }),
      ],
    },
    options: { prune: true },
    says: ["error rule-kind"],
  },
  "spread evenly": {
    groups: [group(["m1", "m2", "m3", "m4"], "spread")],
    seen: { placements: [...THREE, on("m4", "e1")], pools: [pool(3)] },
    says: [],
  },
  "spread, and too many on one": {
    groups: [group(["m1", "m2", "m3", "m4"], "spread")],
    seen: { placements: [...THREE.slice(0, 2), on("m3", "e1"), on("m4", "e1")], pools: [pool(3)] },
    says: ["violation masters e1: m1 m3 m4, at most 2"],
  },
  "spread is judged for each pool by itself": {
    groups: [group(["m1", "m2", "m3", "m4"], "spread")],
    seen: {
      placements: [on("m1", "e1"), on("m2", "e1"), on("m3", "f1", "C1"), on("m4", "f1", "C1")],
      pools: [pool(2), pool(1, { name: "C1" })],
    },
    says: ["violation masters e1: m1 m2, at most 1"],
  },
  "what the inventory claims is elsewhere": {
    groups: [{
      ...MASTERS,
      members: [
        { name: "m1", vm: "m1", failureDomain: "e1" },
        { name: "m2", vm: "m2", failureDomain: "e4" },
        { name: "m3", vm: "m3", failureDomain: "rack-7" },
      ],
    }],
    seen: { rules: [GOOD] },
    says: ["warning place-differs"],
  },
  "a claim without the domain of the name": {
    groups: [{
      ...MASTERS,
      members: MASTERS.members.map((it) => ({ ...it, failureDomain: "esx-01" })),
    }],
    seen: {
      placements: THREE.map((it, i) => ({ ...it, host: `esx-0${i + 1}.example.com` })),
      rules: [GOOD],
    },
    says: ["warning place-differs", "warning place-differs"],
  },
  "without rules nothing is wanted, and too few hosts are no error": {
    seen: {
      placements: [on("m1", "a"), on("m2", "b"), on("m3", "a")],
      pools: [{ name: "C0", usableHosts: ["a", "b"], enforcing: "off" }],
      rules: [rule(["m1"])],
    },
    options: { canEnforce: false, places: "domains", prune: true, purpose: "apply" },
    says: ["violation masters a: m1 m3, at most 1", "warning no-room"],
  },
};

function told({ groups = [MASTERS], seen, options }: Case): string[] {
  const sight = { placements: THREE, pools: [pool(4)], rules: [], ...seen };
  const made = plan(groups, sight, { ...PLATFORM, ...options });
  return [
    ...made.violations.map((it) =>
      `violation ${it.group} ${it.host}: ${it.members.join(" ")}, at most ${it.most}`
    ),
    ...made.changes.map((change) => {
      const where = `${change.kind} ${change.rule.name} in ${change.rule.pool}`;
      if (change.kind === "remove") return where;
      const what = change.kind === "create" ? change.rule.vms : change.differs;
      return `${where}: ${what.join(" ")}`;
    }),
    ...[...made.errors, ...made.warnings, ...made.notes]
      .map(({ severity, code }) => `${severity} ${code}`),
  ];
}

for (const [name, each] of Object.entries(CASES)) {
  Deno.test(`plan(): ${name}`, () => assertEquals(told(each), [...each.says]));
}
