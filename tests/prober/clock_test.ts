import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { clockOffset } from "../../src/prober/clock.ts";

Deno.test("clockOffset() takes the quickest exchange", () => {
  const slow = { sentAt: 0, receivedAt: 100, theirs: 1 };
  assertEquals(clockOffset([slow, { sentAt: 200, receivedAt: 202, theirs: 151 }, slow]), 50);
  assertThrows(() => clockOffset([]), RangeError, "Cannot compare clocks");
});

Deno.test("clockOffset() is off by half the quickest exchange at most", () => {
  const leg = fc.double({ min: 0, max: 50, noNaN: true });
  fc.assert(fc.property(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.array(fc.tuple(leg, leg), { minLength: 1 }),
    (offset, legs) => {
      const exchanges = legs.map(([out, back], i) => {
        const sentAt = 1000 * i;
        return { sentAt, receivedAt: sentAt + out + back, theirs: sentAt + out - offset };
      });
      const quickest = Math.min(...legs.map(([out, back]) => out + back));
      assert(Math.abs(clockOffset(exchanges) - offset) <= quickest / 2 + 1e-6);
    },
  ));
});
