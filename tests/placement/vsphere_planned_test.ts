/** The planner and the provider together, against govmomi's simulator: what is planned is what is written. */
import { assert, assertEquals } from "@std/assert";
import type { PlacementGroup, PlacementProvider } from "../../src/placement/model.ts";
import type { PlacementPlan } from "../../src/placement/plan_model.ts";
import { plan } from "../../src/placement/plan.ts";
import { vsphere } from "../../src/placement/vsphere/mod.ts";
import { place } from "../commands/placement/vsphere_site.ts";
import { simulated, type Simulator, simulator } from "./simulator.ts";

const group = (name: string, policy: PlacementGroup["policy"], ...vms: number[]) => ({
  name,
  policy,
  members: vms.map((n) => ({ name: `${name}-${n}`, vm: `DC0_C0_RP0_VM${n}` })),
});

const GROUPS: readonly PlacementGroup[] = [
  group("masters", "anti_affinity", 0, 1),
  group("load_balancers", "anti_affinity", 2, 3),
  group("workers", "spread", 4, 5),
];

/** Looks and plans, as one run of the command does, and carries it out. */
async function run(
  sim: Simulator,
  groups: readonly PlacementGroup[] = GROUPS,
  { takeOver = false } = {},
): Promise<PlacementPlan> {
  await using provider = await vsphere(sim.options());
  const members = groups.flatMap(({ members }) => members.map(({ vm }) => vm));
  const seen = await provider.look(members);
  const { canEnforce } = provider;
  const options = {
    cluster: "prod",
    canEnforce,
    places: "hosts",
    purpose: "apply",
    prune: true,
    takeOver,
  } as const;
  const planned = plan(groups, seen, options);
  for (const change of planned.changes) await carryOut(provider, change);
  return planned;
}

async function carryOut(
  provider: PlacementProvider,
  change: PlacementPlan["changes"][number],
): Promise<void> {
  if (change.kind === "remove") await provider.remove(change.rule);
  else await provider.ensure(change.rule, change.kind === "change" ? change.current : undefined);
}

simulated("what is planned is written once, and the next plan wants nothing", async () => {
  await using sim = await simulator("-hosts", "3", "-vms", "6");
  await place(sim, [0, 1, 1, 2, 0, 1]);
  const first = await run(sim);
  assertEquals([first.errors, first.violations], [[], []]);
  assertEquals(first.changes.map(({ kind, rule }) => [kind, rule.name]), [
    ["create", "prod-masters-anti-affinity"],
    ["create", "prod-load_balancers-anti-affinity"],
  ]);
  assertEquals(await sim.writes(), 2);
  assertEquals((await run(sim)).changes, []);
  assertEquals(await sim.writes(), 2);
});

simulated("a violation is seen, and a group that has changed changes its rule alone", async () => {
  await using sim = await simulator("-hosts", "3", "-vms", "6");
  await place(sim, [0, 0, 1, 2, 0, 1]);
  const [masters, ...others] = GROUPS;
  assert(masters);
  const first = await run(sim);
  assertEquals(first.violations.map(({ group, host, members }) => [group, host, members]), [
    ["masters", "DC0_C0_H0", ["masters-0", "masters-1"]],
  ]);
  const smaller = [group("masters", "anti_affinity", 0, 4), ...others.slice(0, 1)];
  const taken = await run(sim, smaller);
  // VM1 is no longer anybody's: a rule about a machine outside of the inventory is left alone.
  assertEquals([taken.changes, taken.errors.length], [[], 1]);
  const larger = [group("masters", "anti_affinity", 0, 1, 4), ...others.slice(0, 1)];
  const second = await run(sim, larger);
  assertEquals(second.changes.map(({ kind, rule }) => [kind, rule.name]), [
    ["change", "prod-masters-anti-affinity"],
  ]);
  assertEquals(await sim.writes(), 3);
  // Nobody has these machines any more: what they are in may be another inventory's.
  const kept = await run(sim, larger.slice(1));
  assertEquals([kept.changes, kept.errors.map(({ code }) => code)], [[], ["rule-foreign"]]);
  assertEquals(await sim.writes(), 3);
  const gone = await run(sim, larger.slice(1), { takeOver: true });
  assertEquals(gone.changes.map(({ kind, rule }) => [kind, rule.name]), [
    ["remove", "prod-masters-anti-affinity"],
  ]);
  assertEquals((await run(sim, larger.slice(1))).changes, []);
  assertEquals(await sim.writes(), 4);
});

simulated("too many members for the hosts, or DRS that is off: nothing is written", async () => {
  for (const flags of [["-hosts", "1", "-vms", "6"], ["-drs=false", "-vms", "6"]]) {
    await using sim = await simulator(...flags);
    const { errors, changes } = await run(sim);
    assert(errors.length > 0);
    assertEquals(changes, []);
    assertEquals(await sim.writes(), 0);
  }
});
