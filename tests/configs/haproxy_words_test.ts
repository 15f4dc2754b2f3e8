/** Words of a line as HAProxy cuts it: its manual's own examples, and whatever else is written. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cut } from "../../src/configs/haproxy_words.ts";

const ENVIRONMENT = new Map([["PORT", "8443"], ["EMPTY", ""], ["LIST", "a b"]]);

const texts = (line: string) => cut(line, ENVIRONMENT).pieces.map(({ text }) => text);

const LINES: Readonly<Record<string, readonly string[]>> = {
  "": [],
  "   \t": [],
  "# all of it": [],
  "global#this is the global section": ["global"],
  "mode\t http   # or tcp": ["mode", "http"],
  "log-format %{+Q}o\\ %t\\ %s": ["log-format", "%{+Q}o %t %s"],
  'log-format "%{+Q}o %t %s"': ["log-format", "%{+Q}o %t %s"],
  "log-format '%{+Q}o %t %s'": ["log-format", "%{+Q}o %t %s"],
  "log-format \"%{+Q}o %t\"' %s'\\ x": ["log-format", "%{+Q}o %t %s x"],
  'a "#b" \\#c d#e': ["a", "#b", "#c", "d"],
  'a "" b': ["a", "", "b"],
  "a '' b": ["a", "", "b"],
  "\\n \\r \\t \\x41 \\1 \\$": ["\n", "\r", "\t", "A", "\\1", "\\$"],
  "\"\\$PORT\" '$PORT' $PORT": ["$PORT", "$PORT", "$PORT"],
  'bind "*:$PORT" "*:${PORT}"': ["bind", "*:8443", "*:8443"],
  'log "${SYSLOG-127.0.0.1}:514" "${PORT-1}"': ["log", "127.0.0.1:514", "8443"],
  'a "${EMPTY}" b': ["a", "", "b"],
  'a "x${LIST[*]}y" b': ["a", "xa", "by", "b"],
  'a "$UNKNOWN:1"': ["a", "$UNKNOWN:1"],
  'a b\rc "': ["a", "b"],
  "a b\0c": ["a", "b"],
  // Behind a blank it is one.
  "a b \r c": ["a", "b", "c"],
  "a\u00a0b": ["a\u00a0b"],
};

Deno.test("cut(): words without quotes, escapes and comments", () => {
  assertEquals(
    Object.fromEntries(Object.keys(LINES).map((line) => [line, texts(line)])),
    LINES,
  );
});

Deno.test("cut(): a variable that nobody knows is named, and stays as written", () => {
  assertEquals(cut('bind "fd@${FD_APP1}" $B').pieces.slice(1), [
    { text: "fd@${FD_APP1}", from: 5, to: 20, variables: ["FD_APP1"] },
    { text: "$B", from: 21, to: 23, variables: [] },
  ]);
});

Deno.test("cut(): says why HAProxy refuses a line, and where", () => {
  const faults = [
    'a "b',
    "a 'b",
    'a "b\rc"',
    "a \\xg1",
    'a "$1"',
    'a "${B"',
    'a "${B-c"',
    'a "${B[1]}"',
  ];
  assertEquals(faults.map((line) => cut(line).fault), [
    { message: "this quote is never closed", from: 2, to: 4 },
    { message: "this quote is never closed", from: 2, to: 4 },
    { message: "this quote is never closed", from: 2, to: 7 },
    { message: "\\x wants two hexadecimal digits", from: 2, to: 6 },
    { message: "this is no name of a variable", from: 3, to: 6 },
    { message: "this is no name of a variable", from: 3, to: 7 },
    { message: "this is no name of a variable", from: 3, to: 9 },
    { message: "this is no name of a variable", from: 3, to: 11 },
  ]);
});

const bits = fc.constantFrom(
  ..."ab# \t\\\"'$\r\0\v{}[*]-x4",
  '"',
  " ",
  "${A}",
  "${PORT}",
  "${LIST[*]}",
  "\\x41",
  "é",
  "\u{1F600}",
);

Deno.test("cut(): any line has words in order, each from where it says", () => {
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 30 }), (parts) => {
      const line = parts.join("");
      const { pieces, fault } = cut(line, ENVIRONMENT);
      let end = 0;
      for (const { text, from, to } of pieces) {
        assert(from >= end || line.slice(from, to).includes("[*]"), `${from} begins after ${end}`);
        assert(to > from && to <= line.length);
        end = from;
        const again = cut(line.slice(from, to), ENVIRONMENT);
        // Words of a list share the place of their variable.
        if (fault || line.includes("[*]")) continue;
        assertEquals(again.pieces.map((it) => it.text), [text]);
      }
    }),
    { numRuns: 3000 },
  );
});
