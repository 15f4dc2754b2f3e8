import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { MOST_IN_FLIGHT, patience, Ticks } from "../../src/prober/loop.ts";

Deno.test("Ticks stay on the grid of the first one", () => {
  const ticks = new Ticks(1000, 20);
  assertEquals(ticks.tick(1000, 0), true);
  assertEquals(ticks.wait(1000), 20);
  ticks.tick(1023, 0);
  assertEquals(ticks.wait(1023), 17);
  // The one of 1040 was missed: it is left out, not made up for.
  ticks.tick(1065, 0);
  assertEquals(ticks.wait(1065), 15);
  assertEquals(ticks.stalls(1065), []);
});

Deno.test("Ticks: late by more than the patience is a stall, from when it was due", () => {
  const ticks = new Ticks(0, 20);
  ticks.tick(0, 0);
  ticks.tick(70, 0);
  assertEquals(ticks.stalls(70), []);
  ticks.tick(131, 0);
  assertEquals(ticks.stalls(131), [{ from: 80, to: 131 }]);
  assertEquals(patience(100), 250);
});

Deno.test("Ticks: what ends while it stands still is a stall until its end", () => {
  const ticks = new Ticks(0, 10);
  ticks.tick(0, 0);
  assertEquals(ticks.stalls(500), [{ from: 10, to: 500 }]);
});

Deno.test("Ticks: too many under way is a stall until there is room", () => {
  const ticks = new Ticks(0, 10);
  assertEquals(ticks.tick(0, MOST_IN_FLIGHT), false);
  assertEquals(ticks.tick(10, MOST_IN_FLIGHT), false);
  assertEquals(ticks.tick(20, MOST_IN_FLIGHT - 1), true);
  assertEquals(ticks.tick(30, MOST_IN_FLIGHT), false);
  assertEquals(ticks.stalls(40), [{ from: 0, to: 20 }, { from: 30, to: 40 }]);
});

Deno.test("Ticks: no time without a tick for longer than patience and interval is left unsaid", () => {
  fc.assert(fc.property(
    fc.integer({ min: 5, max: 50 }),
    fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 50 }),
    (intervalMs, delays) => {
      const ticks = new Ticks(0, intervalMs);
      let now = 0;
      const gaps: [number, number][] = [];
      for (const delay of delays) {
        const before = now;
        ticks.tick(now, 0);
        now += ticks.wait(now) + delay;
        if (now - before > intervalMs + patience(intervalMs)) gaps.push([before, now]);
      }
      const stalls = ticks.stalls(now);
      for (const [from, to] of gaps) {
        assertEquals(
          stalls.some((stall) => stall.from <= from + intervalMs && stall.to === to),
          true,
        );
      }
    },
  ));
});
