import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { glob, regex } from "../../../src/inventory/pattern/regex.ts";

const REGEX: readonly (readonly [source: string, fits: string, not: string])[] = [
  ["lb", "lb lb1", "xlb l"],
  ["lb$", "lb", "lb1"],
  ["lb\\d+", "lb1 lb12", "lb lbx"],
  ["(lb|m)1$", "lb1 m1", "lb2 m11"],
  ["(?:a|b)*c", "c abbac", "abd"],
  ["web0?[1-3]\\.x", "web1.x web03.x", "web4.x web1-x"],
  ["[^a-c]", "d", "a b c"],
  ["[]a]", "] a", "b"],
  ["[a\\]]+$", "]a", "b"],
  ["[a-]$", "a -", "b"],
  ["a{2}$", "aa", "a aaa"],
  ["a{2,}$", "aa aaaa", "a"],
  ["a{,2}b", "b ab aab", "aaab"],
  ["a{1,2}b", "ab aab", "b aaab"],
  ["a{}", "a{}", "a"],
  ["a*?b", "b aab", "c"],
  ["(?i)LB[A-C]", "lba LBB", "lbd m"],
  ["a\\b", "a a-b", "ab"],
  ["a\\B", "ab", "a"],
  ["\\Aa\\Z", "a", "ab"],
  [".", "a", ""],
  ["", "a", ""],
  ["|a", "x", ""],
  ["((a*)*)*b", "b aab", "aac"],
];

const words = (text: string) => text.split(" ").filter((word) => word !== "");

for (const [source, fits, not] of REGEX) {
  Deno.test(`regex(${JSON.stringify(source)}) fits ${fits} and not ${not}`, () => {
    const test = regex(source);
    assertEquals(words(fits).filter((word) => !test(word)), []);
    assertEquals(words(not).filter(test), []);
  });
}

const REFUSED: Readonly<Record<string, string>> = {
  "[": '"[" is not closed',
  "(a": '"(" is not closed',
  "a)": '")" closes nothing',
  "*": '"*" has nothing to repeat',
  "a**": '"*" repeats what is repeated already',
  "a++": '"+" repeats what is repeated already',
  "^*": "a place cannot be repeated",
  "a\\": "a backslash ends it",
  "(a)\\1": '"\\1" is not supported',
  "\\p{L}": '"\\p" is not supported',
  "(?!a)": '"(?!" is not supported',
  "(?<=a)": '"(?<=" is not supported',
  "(?P<n>a)": '"(?P<" is not supported',
  "[z-a]": '"z-a" ends before it begins',
  "a{3,2}": '"{3,2}" ends before it begins',
  "a{5000}": "too large",
  "(((){999}){999}){999}": "too large",
  "(((a{30}){30}){30}){30}": "too large",
};

for (const [source, reason] of Object.entries(REFUSED)) {
  Deno.test(`regex(${JSON.stringify(source)}) is refused: ${reason}`, () => {
    assertThrows(() => regex(source), SyntaxError, reason);
  });
}

Deno.test("regex() refuses an expression that nobody would type", () => {
  assertThrows(() => regex("a".repeat(251)), SyntaxError, "at most 250 characters");
});

/** Expressions that mean the same in JavaScript. */
const expression = fc.letrec<{ one: string; some: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b", "1", ".", "-", "\\d", "\\w", "\\.", "[ab]", "[^a]", "[a-b1]", "\\b"),
    fc.tuple(tie("some")).map(([some]) => `(?:${some})`),
    fc.tuple(tie("some"), tie("some")).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie("some"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"))
      .map(([some, times]) => `(?:${some})${times}`),
  ),
  some: fc.array(tie("one"), { maxLength: 3 }).map((parts) => parts.join("")),
})).some;
const text = fc.array(fc.constantFrom("a", "b", "1", ".", "-"), { maxLength: 8 })
  .map((chars) => chars.join(""));

Deno.test("regex() agrees with the language's own on what both know", () => {
  let fitting = 0;
  fc.assert(
    fc.property(expression, text, fc.boolean(), (source, word, whole) => {
      fc.pre(source.length < 240);
      const own = whole ? `(?:${source})$` : source;
      const expected = new RegExp(`^(?:${own})`).test(word);
      if (expected) fitting++;
      assertEquals(regex(own)(word), expected, `${own} on "${word}"`);
    }),
    { numRuns: 2000 },
  );
  assert(fitting > 100, `${fitting} fitted`);
});

// Each of these takes an engine that goes back longer than anybody waits.
for (const source of ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}$", "(a*)*(a*)*(a*)*(a*)*$"]) {
  Deno.test(`regex(${JSON.stringify(source)}) comes to an end over a long name`, () => {
    assertEquals(regex(source)(`${"a".repeat(252)}!`), false);
  });
}

Deno.test("glob() with many wildcards ends", () => {
  assertEquals(glob(`${"*a".repeat(30)}`)(`${"a".repeat(252)}!`), false);
});

const GLOB: readonly (readonly [source: string, fits: string, not: string])[] = [
  ["lb*", "lb lb1", "xlb"],
  ["m?", "m1", "m m12"],
  ["m[12]", "m1 m2", "m3"],
  ["[!m]*", "lb1", "m1"],
  ["a.b", "a.b", "axb"],
  ["a[", "a[", "a"],
  ["a[]b]", "a] ab", "a"],
  ["a[^b]", "a^ ab", "ac"],
  ["a+(b|c)$", "a+(b|c)$", "ab"],
  ["[a-c]1", "a1 c1", "d1"],
];

for (const [source, fits, not] of GLOB) {
  Deno.test(`glob(${JSON.stringify(source)}) fits ${fits} and not ${not}`, () => {
    const test = glob(source);
    assertEquals(words(fits).filter((word) => !test(word)), []);
    assertEquals(words(not).filter(test), []);
  });
}
