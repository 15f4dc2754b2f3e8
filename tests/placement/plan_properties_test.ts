import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { PlacementGroup } from "../../src/placement/model.ts";
import { groupOfRule, ruleName } from "../../src/placement/names.ts";
import { plan } from "../../src/placement/plan.ts";
import { evenly } from "../../src/placement/spread.ts";
import { anyOptions, anySight, carriedOut, group, on, PLATFORM, pool } from "./fixtures.ts";

Deno.test("plan() wants nothing of what it has just made", () => {
  let written = 0;
  fc.assert(
    fc.property(anySight, anyOptions, ({ groups, seen }, options) => {
      const { changes } = plan(groups, seen, options);
      written += changes.length;
      const again = plan(groups, carriedOut(seen, changes), options);
      if (changes.length > 0) assertEquals(again.errors, []);
      assertEquals(again.changes, []);
    }),
    { numRuns: 1000 },
  );
  assert(written > 100, `${written} changes in all: the property was hardly asked`);
});

Deno.test("plan() never wants a write beside an error", () => {
  fc.assert(fc.property(anySight, anyOptions, ({ groups, seen }, options) => {
    const { errors, changes } = plan(groups, seen, options);
    assert(errors.length === 0 || changes.length === 0);
  }));
});

Deno.test("plan() touches no rule but those of its cluster, and removes none unasked", () => {
  fc.assert(
    fc.property(anySight, anyOptions, ({ groups, seen }, options) => {
      for (const change of plan(groups, seen, options).changes) {
        const old = change.kind === "create" ? undefined : change;
        if (old?.kind === "change") {
          assertEquals(old.current.name, ruleName("prod", old.group));
          assertEquals(old.current.kind, "anti_affinity");
        }
        if (old?.kind === "remove") {
          assert(options.prune);
          assert(options.takeOver || !old.rule.vms.includes("vm-stranger"));
          assertEquals(old.rule.kind, "anti_affinity");
          assert(groupOfRule("prod", old.rule.name) !== undefined);
          assert(old.rule.name !== "prod-eu-masters-anti-affinity" || !isForeign(old.rule.vms));
        }
      }
    }),
    { numRuns: 500 },
  );
});

const isForeign = (vms: readonly string[]) => vms.length === 0 || vms.includes("vm-stranger");

Deno.test("plan() makes every rule of two machines or more, all of them in its pool", () => {
  fc.assert(fc.property(anySight, anyOptions, ({ groups, seen }, options) => {
    for (const change of plan(groups, seen, options).changes) {
      if (change.kind === "remove") continue;
      const { vms, pool } = change.rule;
      assert(vms.length >= 2);
      assertEquals(new Set(vms).size, vms.length);
      for (const id of vms) assertEquals(seen.placements.find((it) => it.id === id)?.pool, pool);
    }
  }));
});

Deno.test("plan() finds a violation exactly where somebody shares a host", () => {
  fc.assert(fc.property(anySight, ({ groups, seen }) => {
    const found = new Set(plan(groups, seen, PLATFORM).violations.map(({ group }) => group));
    for (const each of groups.filter(({ policy }) => policy === "anti_affinity")) {
      const hosts = hostsOf(each, seen.placements);
      assertEquals(found.has(each.name), new Set(hosts).size < hosts.length);
    }
  }));
});

function hostsOf(
  { members }: PlacementGroup,
  placements: readonly { vm: string; host?: string }[],
) {
  return members.flatMap(({ vm }) => placements.find((it) => it.vm === vm)?.host ?? []);
}

Deno.test("spread takes every even placement, and none with one more on a host", () => {
  const sizes = fc.record({
    members: fc.integer({ min: 1, max: 30 }),
    hosts: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(fc.property(sizes, ({ members, hosts }) => {
    const names = Array.from({ length: members }, (_, i) => `w${i}`);
    const judged = (place: (i: number) => number) => {
      const placements = names.map((name, i) => on(name, `e${place(i) + 1}`));
      const seen = { placements, pools: [pool(hosts)], rules: [] };
      return plan([group(names, "spread", "workers")], seen, PLATFORM).violations;
    };
    assertEquals(judged((i) => i % hosts), []);
    const most = evenly(members, hosts);
    // The first host takes one more than it may.
    const [violation] = judged((i) => i <= most ? 0 : i % hosts);
    if (members > most) assertEquals([violation?.host, violation?.most], ["e1", most]);
    else assertEquals(violation, undefined);
  }));
});

Deno.test("groupOfRule() reads what ruleName() writes, and says when it may be another's", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
  fc.assert(fc.property(word, word, (cluster, name) => {
    const found = groupOfRule(cluster, ruleName(cluster, name));
    assertEquals(found, { group: name, certain: !name.includes("-") });
  }));
  for (
    const name of ["", "prod", "prod-anti-affinity", "prod--anti-affinity", "prod-a", "xprod-a"]
  ) {
    assertEquals(groupOfRule("prod", name), undefined, name);
  }
});
