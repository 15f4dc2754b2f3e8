/** What Python's `ast.literal_eval` gives; compared once with Python itself, kept as a table. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { below } from "../../../src/inventory/yaml/located.ts";
import { literal } from "../../../src/inventory/ini/literal.ts";

const VALUES: readonly (readonly [text: string, value: unknown])[] = [
  ["1", 1],
  ["+5", 5],
  ["- 5", -5],
  ["00", 0],
  ["1_000", 1000],
  ["0x1F", 31],
  ["0o17", 15],
  ["0b101", 5],
  ["1.", 1],
  ["1.10", 1.1],
  [".5", 0.5],
  ["1E-2", 0.01],
  ["True", true],
  ["None", null],
  ["'a' 'b'", "ab"],
  ["'''x'''", "x"],
  ["r'\\n'", "\\n"],
  ["b'x'", "x"],
  ["'\\x41\\u00e9\\n\\q\\101'", "Aé\n\\qA"],
  ["[1, 'two', [],]", [1, "two", []]],
  ["(1,)", [1]],
  ["(1)", 1],
  ["1, 2", [1, 2]],
  ["{'a': {'b': [True, None]}, 1: 2,}", { a: { b: [true, null] }, 1: 2 }],
  ["{'a', 'b'}", ["a", "b"]],
  ["{}", {}],
  ["5 # comment", 5],
  ["'a' # comment", "a"],
];

const STRINGS = [
  ...["007", "1__0", "1_", "0_7", "1.2.3", "10.0.0.1", "1e", "1e400", "2j", "1+2", "0x"],
  ...["true", "yes", "Truex", "foo bar", "foo # c", "", "{{ x }}", "f'x'", "not True"],
  ...["[foo]", "[,]", "[1 2]", "[1", "{'a':}", "{'a' 1}", "'a", "-'a'", "'\\xZZ'", "'\\N{DASH}'"],
  ...["9007199254740993", "[".repeat(10_000), "9".repeat(100_000)],
];

Deno.test("literal() reads what Python takes for a literal", () => {
  for (const [text, value] of VALUES) assertEquals(literal(text)?.value, value, text);
});

Deno.test("literal() takes nothing else", () => {
  for (const text of STRINGS) assertEquals(literal(text), undefined, text.slice(0, 40));
});

Deno.test("literal() reads back what JSON and Python write alike", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: fc.constantFrom(..."aé\"'\\ \n\t{}[],:#") }),
      fc.maxSafeInteger(),
      fc.array(tie("any")),
      fc.dictionary(fc.string().filter((key) => key !== "__proto__"), tie("any")),
    ),
  })).any;
  fc.assert(fc.property(value, (given) => {
    // An escaped solidus or a surrogate is where the two languages part.
    assertEquals(literal(JSON.stringify(given))?.value, given);
  }));
});

Deno.test("literal() knows where every part stands", () => {
  const text = "{'a': [1, 'two' 'x'], 'b': (True)}";
  const place = (from: number, to: number) => ({
    file: "f",
    line: 1,
    column: from,
    length: to - from,
  });
  const parts = (path: readonly PropertyKey[]) => {
    const { column = 0, length = 0 } = below(literal(text, place)!, path)?.source ?? {};
    return text.slice(column, column + length);
  };
  assertEquals(["a", ["a", 0], ["a", 1], "b"].map((path) => parts([path].flat())), [
    "[1, 'two' 'x']",
    "1",
    "'two' 'x'",
    "True",
  ]);
});
