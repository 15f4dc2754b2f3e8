import { assertEquals, assertThrows } from "@std/assert";
import { expandRange } from "../../src/inventory/ranges.ts";

const cases: readonly (readonly [pattern: string, names: string])[] = [
  ["lb1", "lb1"],
  ["lb[1:3]", "lb1 lb2 lb3"],
  ["lb[01:03]", "lb01 lb02 lb03"],
  ["lb[08:11].example.com", "lb08.example.com lb09.example.com lb10.example.com lb11.example.com"],
  ["lb[0:2]", "lb0 lb1 lb2"],
  ["lb[:2]", "lb0 lb1 lb2"],
  ["lb[9:10]", "lb9 lb10"],
  ["lb[a:c]", "lba lbb lbc"],
  ["lb[y:B]", "lby lbz lbA lbB"],
  ["lb[1:9:2]", "lb1 lb3 lb5 lb7 lb9"],
  ["lb[1:8:3]", "lb1 lb4 lb7"],
  ["lb[a:e:2]", "lba lbc lbe"],
  ["r[1:2]n[a:b]", "r1na r1nb r2na r2nb"],
  ["lb[5:5]", "lb5"],
];

for (const [pattern, names] of cases) {
  Deno.test(`expandRange() turns ${pattern} into ${names}`, () => {
    assertEquals(expandRange(pattern).join(" "), names);
  });
}

for (const pattern of ["a[2:1]", "a[01:100]", "a[a:1]", "a[1:2:0]", "a[1]", "a[", "a]", "a[1:]"]) {
  Deno.test(`expandRange() refuses ${pattern}`, () => {
    assertThrows(() => expandRange(pattern), RangeError);
  });
}

Deno.test("expandRange() refuses far too many names at once", () => {
  assertThrows(() => expandRange("a[1:99999999999]"), RangeError);
  assertThrows(() => expandRange("a[1:9999]b[1:9999]c[1:9999]"), RangeError);
});
