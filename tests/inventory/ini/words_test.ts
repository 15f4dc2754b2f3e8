/** What Python's `shlex.split(line, comments=True)` gives. */
import { assertEquals, assertThrows } from "@std/assert";
import { words } from "../../../src/inventory/ini/words.ts";

const LINES: readonly (readonly [line: string, words: readonly string[]])[] = [
  [`lb1 a=1 b='x y' c="q \\" w" # c`, ["lb1", "a=1", "b=x y", `c=q " w`]],
  ["a#b c", ["a"]],
  ["a 'b#c'", ["a", "b#c"]],
  ["a\\ b c", ["a b", "c"]],
  [`a="x\\y"`, ["a=x\\y"]],
  [`a='x\\'`, ["a=x\\"]],
  [`a=""`, ["a="]],
  [`a=x"y z"w`, ["a=xy zw"]],
  [`a="it's"`, ["a=it's"]],
  ["a = b", ["a", "=", "b"]],
  ["# c", []],
];

Deno.test("words() splits as shlex does", () => {
  for (const [line, expected] of LINES) {
    assertEquals(words(line).map(({ text }) => text), expected, line);
  }
});

Deno.test("words() knows where each word stands", () => {
  const line = `lb1  key="a b"  x`;
  assertEquals(words(line).map(({ start, end }) => line.slice(start, end)), [
    "lb1",
    `key="a b"`,
    "x",
  ]);
});

Deno.test("words() refuses an open quote and a backslash at the end", () => {
  for (const line of ["'a", '"a', 'a="b', "a\\"]) assertThrows(() => words(line), SyntaxError);
});
