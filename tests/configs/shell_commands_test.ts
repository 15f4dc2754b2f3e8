/** Commands of a script, with the places of their words. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { placesIn } from "../../src/configs/scan.ts";
import { commandsOf } from "../../src/configs/shell_commands.ts";

const read = (text: string) => commandsOf(text, placesIn("check.sh", text));
const shown = (text: string) =>
  read(text).map(({ words, captured, ends }) =>
    `${words.map(({ text }) => text).join(" ")}${captured ? " $" : ""} ${JSON.stringify(ends)}`
  );

Deno.test("commandsOf(): operators, quotes and comments", () => {
  assertEquals(shown('a \'b c\' "d\\"e" f\\ g#h # i\nj|k && l||m; (n)&\n# o'), [
    'a b c d"e f g#h "\\n"',
    'j "|"',
    'k "&&"',
    'l "||"',
    'm ";"',
    'n ")"',
  ]);
});

Deno.test("commandsOf(): what an assignment says is put in where it can be", () => {
  assertEquals(shown("A=1 B='2 3'\nexport C=$A\nx $A ${B} \"$C\" '$A' $D ${E:-f}\nA=9 y $A"), [
    'A=1 B=2 3 "\\n"',
    'export C=1 "\\n"',
    'x 1 2 3 1 $A $D ${E:-f} "\\n"',
    'A=9 y 1 "\\n"',
  ]);
});

Deno.test("commandsOf(): commands in commands", () => {
  assertEquals(shown('a "b $(c d) e" $(f $(g))'), [
    'c d $ "\\n"',
    'a b $(c d) e "$("',
    'f $ "$("',
    'g $ ")"',
  ]);
});

Deno.test("commandsOf(): places", () => {
  assertEquals(read("x\n  if curl 'http://a'; then\n")[1]?.words.map(({ source }) => source), [
    { file: "check.sh", line: 2, column: 3, length: 2 },
    { file: "check.sh", line: 2, column: 6, length: 4 },
    { file: "check.sh", line: 2, column: 11, length: 10 },
  ]);
});

Deno.test("commandsOf(): any text has words that stand where they say", () => {
  const bits = fc.constantFrom(..."ab \n\t\\\"'`$(){}|&;#=", "$(", "A=1", "${A}", "\r\n", "é");
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      const rows = text.split("\n");
      for (const { words } of read(text)) {
        assert(words.length > 0);
        for (const { text: word, source: { line, column, length = 0 } } of words) {
          const written = rows[line - 1]?.slice(column - 1, column - 1 + length) ?? "";
          if (written.length === length && !/[\\"'$]/.test(written)) assertEquals(written, word);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
