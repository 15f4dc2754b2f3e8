import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { quote, raw, sh } from "../src/shell.ts";
import { runSh } from "./helpers.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "(", ")", ";", "&", "*", "!", "-"),
  }),
);

Deno.test("sh`` gives every value back through a real shell when it holds anything but NUL", async () => {
  const values = fc.sample(fc.array(hostile, { maxLength: 4 }), 150);
  for (const list of values) {
    // A lone surrogate has no bytes of its own: encoding turns it into U+FFFD before any shell.
    const words = list.map((word) => word.toWellFormed());
    const script = sh`for word in ${words}; do printf '%s' "$word" | base64 -w 0; echo; done`;
    const { stdout, code } = await runSh(script);
    const back = stdout.split("\n").slice(0, -1)
      .map((line) =>
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.fromBase64(line))
      );
    assertEquals({ code, words: back }, { code: 0, words });
  }
});

Deno.test("sh`` leaves its own text alone and unescapes only what TypeScript needs", () => {
  assertEquals(sh`printf '%s\n' "\${x}" ${"a b"} ${3}`, `printf '%s\\n' "\${x}" 'a b' 3`);
  assertEquals(sh`a ${raw("$x")} b`, "a $x b");
});

Deno.test("quote() makes a word of the empty string", () => assertEquals(quote(""), "''"));

Deno.test("quote() refuses a NUL", () => {
  assertThrows(() => quote("a\0b"), TypeError, "NUL");
});
