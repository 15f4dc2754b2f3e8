/**
 * Text that a host or a file could hold to fool who reads it, and what may come out of a report.
 * @module
 */
import { assertEquals } from "@std/assert";

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

/** Every byte as a character, everything that turns or hides text, and whole sequences. */
export const HOSTILE: string = [
  range(0x00, 0xff),
  range(0x200b, 0x200f),
  range(0x2028, 0x202e),
  range(0x2060, 0x206f),
  "\u061c\u00ad\u034f\u115f\u1160\u17b4\u180e\u3164\ufe0f\ufeff\uffa0\ufff9\u{e0001}\u{e0041}\u{e0100}",
  "\ud800 \udfff",
  "\x1b[2K\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b[31m\x9b2J\x90q\x9c\r\x08\x1b[1mforged\x1b[0m",
].join(" ");

/** The same as bytes that are no UTF-8 at all, as a host would send them. */
export const HOSTILE_BYTES: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte,
);

// What the product paints with; a host has no part in it.
// deno-lint-ignore no-control-regex
const SGR = /\x1b\[(?:1|2|22|31|32|33|36|39|91)m/g;

/** Asserts that bytes hold nothing but text that shows, line ends, tabs, and our own colors. */
export function assertShows(bytes: Uint8Array, what: string): void {
  // Decoding strictly: what is no UTF-8 is nothing that shows.
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const bare = text.replaceAll(SGR, "").replaceAll(/[\n\t]/g, "");
  const bad = bare.match(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu) ?? [];
  assertEquals([...new Set(bad)].map((char) => char.codePointAt(0)?.toString(16)), [], what);
}
