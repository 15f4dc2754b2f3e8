import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { HolderSpan } from "../../../src/drill_events.ts";
import { holdingOf, overlapWithin } from "../../../src/drills/measure/holding.ts";

const held = (host: string, from: number, to: number, uncertaintyMs = 0): HolderSpan => ({
  host,
  from,
  to,
  uncertaintyMs,
});

const whole = [{ from: 0, to: 10_000 }];
function figures(spans: readonly HolderSpan[]) {
  const holding = holdingOf(spans, 10_000);
  if (holding === undefined) return undefined;
  return {
    most: holding.most,
    two: overlapWithin(holding.overlaps, whole).ms,
    none: holding.none.reduce((sum, { from, to }) => sum + to - from, 0),
    moves: holding.alone.length - 1,
  };
}

Deno.test("holdingOf tells one holder after the other, both, and none", () => {
  assertEquals(figures([]), undefined);
  assertEquals(figures([held("lb1", 0, 10_000)]), { most: 1, two: 0, none: 0, moves: 0 });
  assertEquals(figures([held("lb1", 0, 4000), held("lb2", 4610, 10_000)]), {
    most: 1,
    two: 0,
    none: 610,
    moves: 1,
  });
  assertEquals(figures([held("lb1", 0, 4000), held("lb2", 3860, 10_000)]), {
    most: 2,
    two: 140,
    none: 0,
    moves: 1,
  });
  assertEquals(
    figures([held("lb1", 0, 4000), held("lb2", 4100, 6000), held("lb1", 6000, 10_000)]),
    { most: 1, two: 0, none: 100, moves: 2 },
  );
});

Deno.test("a host that held it beside another all the while has moved nothing", () => {
  assertEquals(figures([held("lb1", 0, 10_000), held("lb2", 3000, 5000)]), {
    most: 2,
    two: 2000,
    none: 0,
    moves: 0,
  });
});

Deno.test("three hosts are three where every two of them overlap", () => {
  const spans = [held("lb1", 0, 6000), held("lb2", 3000, 10_000), held("lb3", 5000, 7000)];
  assertEquals(figures(spans), { most: 3, two: 4000, none: 0, moves: 1 });
  const [first, second, third] = spans;
  assert(first && second && third);
  // The third may have come a little after the first had gone.
  assertEquals(figures([{ ...first, uncertaintyMs: 1100 }, second, third])?.most, 2);
});

Deno.test("an overlap or a gap within what the clocks may be off is not claimed", () => {
  const early = (by: number) => [held("lb1", 0, 4000, 4), held("lb2", 4000 - by, 10_000, 6)];
  assertEquals(figures(early(10))?.two, 0);
  assertEquals(figures(early(11))?.two, 11);
  assertEquals(figures(early(-10))?.none, 0);
  assertEquals(figures(early(-11))?.none, 11);
  // On one host a gap has one clock.
  assertEquals(figures([held("lb1", 0, 4000, 50), held("lb1", 4003, 10_000, 50)])?.none, 3);
});

Deno.test("a short overlap deep within is certain, whatever the clocks", () => {
  const holding = holdingOf([held("lb1", 0, 10_000, 20), held("lb2", 5000, 5003, 20)], 10_000);
  assertEquals(overlapWithin(holding?.overlaps ?? [], whole), { ms: 3, certainMs: 3 });
});

Deno.test("of an overlap at an edge only what both clocks leave is certain", () => {
  const holding = holdingOf([held("lb1", 0, 4000, 20), held("lb2", 3900, 10_000, 10)], 10_000);
  assertEquals(overlapWithin(holding?.overlaps ?? [], whole), { ms: 100, certainMs: 70 });
  assertEquals(overlapWithin(holding?.overlaps ?? [], [{ from: 4000, to: 9000 }]).ms, 0);
});

/** A handover at a moment, as two clocks that are off tell it. */
const handover = fc.record({
  left: fc.integer({ min: 1000, max: 9000 }),
  pause: fc.integer({ min: -800, max: 800 }),
  offs: fc.tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  ),
  loose: fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })),
});

Deno.test("what is claimed is true: never two holders where there was a pause, nor none where two", () => {
  fc.assert(fc.property(handover, ({ left, pause, offs, loose }) => {
    const [a, b] = [offs[0] * loose[0], offs[1] * loose[1]];
    const found = figures([
      held("lb1", 0, left + a, loose[0]),
      held("lb2", left + pause + b, 10_000, loose[1]),
    ]);
    if (pause >= 0) assertEquals(found?.two, 0);
    if (pause <= 0) assertEquals(found?.none, 0);
    const slack = 2 * (loose[0] + loose[1]);
    assert(Math.abs((found?.two ?? 0) - Math.max(0, -pause)) <= slack);
    assert(Math.abs((found?.none ?? 0) - Math.max(0, pause)) <= slack);
  }));
});
