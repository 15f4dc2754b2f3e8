import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromBytes, toBytes } from "../src/bytes.ts";

Deno.test("fromBytes() reads UTF-8 as it is, a byte order mark too", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assertEquals(fromBytes(new TextEncoder().encode(text)), text.toWellFormed());
  }));
  assertEquals(fromBytes(new Uint8Array([0xef, 0xbb, 0xbf])), "\ufeff");
});

Deno.test("toBytes() gives back what fromBytes() read, whatever it was", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assertEquals(toBytes(fromBytes(bytes)), Uint8Array.from(bytes));
    }),
    { numRuns: 2000 },
  );
  // What looks like a sequence and is none: too long a form, a surrogate, beyond the last character.
  for (const bytes of [[0xc0, 0x80], [0xed, 0xb2, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    const text = fromBytes(new Uint8Array(bytes));
    assertEquals([text.length, [...toBytes(text)]], [bytes.length, bytes]);
  }
});
