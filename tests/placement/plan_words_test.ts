/** What a plan holds beside the table of plan_test.ts: ids, and words for people. */
import { assertEquals } from "@std/assert";
import { plan } from "../../src/placement/plan.ts";
import { group, on, PLATFORM, pool, rule } from "./fixtures.ts";
import type { PlacementGroup, Seen } from "../../src/placement/model.ts";
import type { PlanOptions } from "../../src/placement/plan_model.ts";

interface Case {
  readonly groups?: readonly PlacementGroup[];
  readonly seen?: Partial<Seen>;
  readonly options?: Partial<PlanOptions>;
}

const THREE = [on("m1", "e1"), on("m2", "e2"), on("m3", "e3")];
const MASTERS = group(["m1", "m2", "m3"]);
const GOOD = rule(["m1", "m2", "m3"]);

Deno.test("plan() gives the rule that a change is for, so that its id is kept", () => {
  const current = rule(["m1"], { id: "42" });
  const seen = { placements: THREE, pools: [pool(4)], rules: [current] };
  const [change] = plan([MASTERS], seen, PLATFORM).changes;
  assertEquals(change, {
    kind: "change",
    group: "masters",
    rule: {
      name: "prod-masters-anti-affinity",
      mandatory: false,
      pool: "C0",
      vms: ["vm-m1", "vm-m2", "vm-m3"],
    },
    current,
    differs: ["members"],
  });
});

Deno.test("plan() says what a person needs to know", () => {
  const say = (each: Case): string[] => {
    const sight = { placements: THREE, pools: [pool(4)], rules: [], ...each.seen };
    const made = plan(each.groups ?? [MASTERS], sight, { ...PLATFORM, ...each.options });
    return [...made.errors, ...made.warnings, ...made.notes]
      .map(({ message, hint }) => hint === undefined ? message : `${message} (${hint})`);
  };
  assertEquals(say({ seen: { pools: [pool(2)] } }), [
    'Cannot keep the 3 members of group "masters" apart: pool "C0" has 2 hosts that can be used ' +
    "(1 more host, or policy: spread)",
  ]);
  assertEquals(say({ seen: { pools: [pool(1)] } }), [
    'Cannot keep the 3 members of group "masters" apart: pool "C0" has 1 host that can be used ' +
    "(2 more hosts, or policy: spread)",
  ]);
  assertEquals(say({ seen: { pools: [pool(3)] }, options: { mandatory: true } }), [
    'Group "masters" has no spare host: it has 3 members, and pool "C0" has 3 hosts that can be ' +
    "used; a host cannot be emptied for maintenance, and what ran on one that fails stays down",
  ]);
  assertEquals(say({ seen: { rules: [rule(["m1", "x"])] } }), [
    'Cannot change rule "prod-masters-anti-affinity" of pool "C0": it is about "vm-x", which no ' +
    'group of the inventory has; group "masters" has "m1", "m2" and "m3" ' +
    "(--take-over, where the rule is this cluster's)",
  ]);
  const stale = (vms: readonly string[], options: Partial<PlanOptions> = {}) =>
    say({ seen: { rules: [GOOD, rule(vms, { id: "2", name: "prod-w-anti-affinity" })] }, options });
  assertEquals(stale(["m1"]), [
    'Rule "prod-w-anti-affinity" of pool "C0" is wanted by no group any more ' +
    "(placement apply --prune takes it away)",
  ]);
  assertEquals(stale(["m1", "x"]), [
    'Rule "prod-w-anti-affinity" of pool "C0" is wanted by no group any more; it is about "vm-x", ' +
    "which no group of the inventory has " +
    "(placement apply --prune --take-over takes it away, where it is this cluster's)",
  ]);
  assertEquals(stale(["x"], { prune: true }), [
    'Cannot remove rule "prod-w-anti-affinity" of pool "C0": it is about "vm-x", which no group ' +
    "of the inventory has (--take-over, where the rule is this cluster's)",
  ]);
  assertEquals(say({ seen: { rules: [rule(["m1", "m2"], { kind: "affinity" })] } }), [
    'Cannot change rule "prod-masters-anti-affinity" of pool "C0": it keeps machines together ' +
    '("m1" and "m2"), and group "masters" needs one that keeps "m1", "m2" and "m3" apart ' +
    "(remove or rename it by hand)",
  ]);
});
