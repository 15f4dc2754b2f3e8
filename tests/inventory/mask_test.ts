import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { maskValues } from "../../src/inventory/mask.ts";

const at = (line: number, column: number, length: number) => ({
  source: { file: "hosts.yaml", line, column, length },
});

Deno.test("maskValues() blots a value out where it is written, and elsewhere when it is long", () => {
  const text = "a: cat\nb: secret1\nc: [cat, secret1]\n";
  const masked = maskValues(text, [
    { ...at(1, 4, 3), value: "cat" },
    { ...at(2, 4, 7), value: "secret1\n" },
  ]);
  assertEquals(masked, "a: ***\nb: *******\nc: [cat, *******]\n");
});

Deno.test("maskValues() passes over a line that is not there", () => {
  assertEquals(maskValues("a: b\n", [{ ...at(9, 1, 1), value: "x" }]), "a: b\n");
});

/** Every character that any of the values covers, found the slow way. */
function slowly(text: string, values: readonly string[]): string {
  const covered = new Set<number>();
  for (const value of values.filter(({ length }) => length >= 4)) {
    for (let i = text.indexOf(value); i !== -1; i = text.indexOf(value, i + 1)) {
      for (let j = i; j < i + value.length; j++) covered.add(j);
    }
  }
  return text.split("").map((char, i) => covered.has(i) ? "*" : char).join("");
}

Deno.test("maskValues() covers all of every value, also where they overlap", () => {
  const letters = (most: number) =>
    fc.array(fc.constantFrom("a", "b", "c"), { maxLength: most }).map((all) => all.join(""));
  fc.assert(
    fc.property(letters(60), fc.array(letters(8), { maxLength: 6 }), (text, values) => {
      const masked = maskValues(text, values.map((value) => ({ ...at(9, 1, 1), value })));
      assertEquals(masked, slowly(text, values));
    }),
  );
});
