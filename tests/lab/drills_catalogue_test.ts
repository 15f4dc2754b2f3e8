import { assert, assertEquals } from "@std/assert";
import * as drills from "./drills.ts";
import { labAvailable } from "./helpers.ts";

const ignore = await labAvailable() !== undefined;

/** What breaks on a load balancer, and what must be seen of it. */
const DRILLS: Readonly<Record<string, (end: drills.End) => void>> = {
  "keepalived-stopped": drills.assertMoved,
  "haproxy-stopped": drills.assertMoved,
  "haproxy-killed": drills.assertMoved,
  "haproxy-hung": (end) => {
    drills.assertMoved(end);
    // A hung one takes connections and says nothing: nobody is told, they time out.
    assert((end.figures?.failureKinds["timeout"] ?? 0) > 0, drills.told(end));
  },
  "haproxy-reload": assertNothingLost,
  "keepalived-reload": assertNothingLost,
  "keepalived-frozen": drills.assertSplit,
  "vrrp-blocked": drills.assertSplit,
  // Its unit takes the address away; whether it is back before the other one misses it is chance.
  "keepalived-killed": (end) => assert((end.timeline?.holders.length ?? 0) >= 2, drills.told(end)),
  "address-removed": (end) => {
    assertEquals(end.maxHolders, 1, drills.told(end));
    const [first] = end.timeline?.holders ?? [];
    const fault = end.timeline?.marks.find(({ kind }) => kind === "fault");
    assert(first !== undefined && fault !== undefined, drills.told(end));
    assert(first.to < (end.timeline?.ms ?? 0), "the address was never away");
  },
};

/** A reload moves nothing and costs nobody a request. */
function assertNothingLost(end: drills.End): void {
  drills.assertStayed(end);
  assertEquals(end.failures, 0, drills.told(end));
  assertEquals(end.figures?.watch, "survived", drills.told(end));
}

Deno.test({
  name: "each drill of a load balancer's daemons shows who moves, and heals",
  ignore,
  fn: (t) =>
    drills.withDrilled("dcat", async (drilled) => {
      const ends = await drills.drilled(drilled, Object.keys(DRILLS));
      for (const [name, assertShown] of Object.entries(DRILLS)) {
        await t.step(name, () => drills.assertDrill(ends.get(name), assertShown));
      }
      await t.step("every host is as it was", () => drills.assertAsBefore(drilled));
    }),
});
