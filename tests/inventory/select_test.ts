import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { select } from "../../src/inventory/select.ts";
import { load } from "./helpers.ts";

const { inventory } = await load(`
lbs: { hosts: { lb1: , lb2: } }
masters: { hosts: { m1: , m2: , m3: } }
east: { hosts: { lb1: , m1: } }
`);

const cases: readonly (readonly [pattern: string, names: string])[] = [
  ["all", "lb1 lb2 m1 m2 m3"],
  ["*", "lb1 lb2 m1 m2 m3"],
  ["lb1", "lb1"],
  ["masters", "m1 m2 m3"],
  ["lb*", "lb1 lb2"],
  ["m?", "m1 m2 m3"],
  ["m[12]", "m1 m2"],
  ["[!m]*", "lb1 lb2 m1"],
  ["a*:m1", "m1"],
  ["*asters", "m1 m2 m3"],
  ["lb2:m1", "lb2 m1"],
  ["m1,lb2", "lb2 m1"],
  ["m1, lb2", "lb2 m1"],
  ["lbs:masters", "lb1 lb2 m1 m2 m3"],
  ["masters:&east", "m1"],
  ["masters:!east", "m2 m3"],
  ["!east", "lb2 m2 m3"],
  ["&east", "lb1 m1"],
  ["!east:masters", "m2 m3"],
  ["lbs:masters:&east:!m1", "lb1"],
  ["~lb\\d", "lb1 lb2"],
  ["~(lb|m)1", "lb1 m1"],
  ["masters[0]", "m1"],
  ["masters[-1]", "m3"],
  ["masters[0:1]", "m1 m2"],
  ["masters[1:]", "m2 m3"],
];

for (const [pattern, names] of cases) {
  Deno.test(`select() takes ${pattern} for ${names}`, () => {
    assertEquals(select(inventory, pattern).join(" "), names);
  });
}

Deno.test("select() refuses an unknown name and says what was probably meant", () => {
  const error = assertThrows(() => select(inventory, "lbs:mastres"), InputError);
  assertEquals(error.diagnostics, [{
    severity: "error",
    code: "host-pattern",
    message: 'Cannot select "mastres": the inventory names no such host or group',
    hint: "masters",
  }]);
});

// An exclusion with a typing error would change a host that was to be left alone.
for (const pattern of ["all:!lb9x", "all:&nowhere", "~[", "-x", "masters:!masters", "", "nope*"]) {
  Deno.test(`select() refuses "${pattern}"`, () => {
    assertThrows(() => select(inventory, pattern), InputError);
  });
}
