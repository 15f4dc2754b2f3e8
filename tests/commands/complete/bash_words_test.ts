import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bashWord, readBashLine } from "../../../src/commands/complete/bash_words.ts";

const BREAKS = " \t\n\"'@><=;|&(:";

const LINES: Readonly<Record<string, readonly [words: string[], quote: string, kept: string]>> = {
  "holdfast": [["holdfast"], "", ""],
  "holdfast ": [["holdfast", ""], "", ""],
  "holdfast  a\tb": [["holdfast", "a", "b"], "", ""],
  "h --limit=lb1:m": [["h", "--limit=lb1:m"], "", "--limit=lb1:"],
  "h a\\ b:c": [["h", "a b:c"], "", "a b:"],
  "h a\\:b": [["h", "a:b"], "", ""],
  "h 'a:&b": [["h", "a:&b"], "'", ""],
  "h --limit='a:b": [["h", "--limit=a:b"], "'", "--limit="],
  'h "a\\"b\\c:d': [["h", 'a"b\\c:d'], '"', ""],
  "h 'a b'c:d": [["h", "a bc:d"], "", "a bc:"],
  "h -e @va": [["h", "-e", "@va"], "", ""],
  "h a=@va": [["h", "a=@va"], "", "a="],
  "h $(date) `x` $HOME": [["h", "$(date)", "`x`", "$HOME"], "", ""],
  "h a\\": [["h", "a\\"], "", ""],
};

for (const [line, [words, quote, kept]] of Object.entries(LINES)) {
  Deno.test(`readBashLine() reads ${JSON.stringify(line)}`, () => {
    // Only what breaks words inside of this test's lines.
    const read = readBashLine(line, ":=@");
    assertEquals([read.words, read.quote, read.kept], [words, quote, kept]);
  });
}

Deno.test("bashWord() is the same text to bash, and runs nothing", async () => {
  const nasty = [
    "$(echo x)",
    "`echo x`",
    "a'b\"c",
    "~root",
    "!!",
    "a;b|c&d",
    "{a,b}",
    "*?[x]",
    "#",
  ];
  const line = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    // deno-lint-ignore no-control-regex
    .filter((text) => !/[\x00-\x1f\x7f\p{C}]/u.test(text));
  const texts = [...nasty, ...fc.sample(line, 150)];
  const words = texts.flatMap((text) => [
    bashWord(text, { quote: "", kept: "" }),
    `'${bashWord(text, { quote: "'", kept: "" })}'`,
    `"${bashWord(text, { quote: '"', kept: "" })}"`,
  ]);
  const { stdout } = await new Deno.Command("bash", {
    args: ["--norc", "-c", `printf '%s\\n' ${words.join(" ")}`],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  const seen = new TextDecoder().decode(stdout).split("\n");
  assertEquals(seen, [...texts.flatMap((text) => [text, text, text]), ""]);
});

Deno.test("bashWord() leaves out what bash keeps, so that the line becomes the whole word", () => {
  const plain = fc.stringMatching(/^[a-z:=&! ]{1,12}$/);
  fc.assert(fc.property(plain, plain, (typed, more) => {
    const before = typed.replaceAll(/[ &!]/g, "\\$&");
    const read = readBashLine(`h ${before}`, BREAKS);
    const word = bashWord(typed + more, read);
    const at = before.length - bashWord(typed, read).length;
    assertEquals(readBashLine(`h ${before.slice(0, at)}${word}`, BREAKS).words, [
      "h",
      typed + more,
    ]);
  }));
});
