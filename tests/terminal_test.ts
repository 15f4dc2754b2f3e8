import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { escaped, printable } from "../src/terminal.ts";

Deno.test("printable() leaves no control or direction character but newline and tab", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(printable(text)));
  }));
});

Deno.test("printable() shows what it replaced", () => {
  assertEquals(printable("\x1b]0;pwned\x07\u202e"), "\\u{1b}]0;pwned\\u{7}\\u{202e}");
});

Deno.test("escaped() hides nothing from a parser and everything from a terminal", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const safe = escaped(JSON.stringify({ text }));
    assertEquals(JSON.parse(safe).text, text);
    assert(!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(safe));
  }));
});
