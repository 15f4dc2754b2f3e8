import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type BatchSize, inBatches, parseBatchSizes } from "../../src/runner/batches.ts";

const sizes: fc.Arbitrary<readonly BatchSize[]> = fc.array(
  fc.oneof(
    fc.record({ count: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** How long each batch of so many items is. */
function lengths(total: number, text: string): number[] {
  const items = Array.from({ length: total }, (_, i) => i);
  return inBatches(items, parseBatchSizes(text) ?? []).map(({ length }) => length);
}

Deno.test("inBatches() keeps every item once and in order, in batches that are not empty", () => {
  fc.assert(fc.property(fc.array(fc.integer(), { maxLength: 200 }), sizes, (items, sizes) => {
    const batches = inBatches(items, sizes);
    assertEquals(batches.flat(), items);
    assert(batches.every(({ length }) => length > 0));
  }));
});

Deno.test("inBatches() gives each batch its size, the last again and again, and the rest to the last", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), sizes, (total, sizes) => {
    const batches = inBatches(Array.from({ length: total }), sizes);
    for (const [i, { length }] of batches.entries()) {
      const size = sizes[Math.min(i, sizes.length - 1)]!;
      const wanted = "count" in size
        ? size.count
        : Math.max(1, Math.trunc(size.percent / 100 * total + 1e-9));
      if (i < batches.length - 1) assertEquals(length, wanted);
      else assert(length <= wanted);
    }
  }));
});

Deno.test("inBatches() counts as Ansible's serial does", () => {
  assertEquals(lengths(5, "1,40%"), [1, 2, 2]);
  assertEquals(lengths(10, "1,5,10"), [1, 5, 4]);
  assertEquals(lengths(10, "30%"), [3, 3, 3, 1]);
  assertEquals(lengths(3, "10%"), [1, 1, 1]);
  assertEquals(lengths(4, "100%"), [4]);
  assertEquals(lengths(3, "99"), [3]);
  assertEquals(lengths(0, "1"), []);
});
