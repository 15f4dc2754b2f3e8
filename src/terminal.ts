/**
 * Text from a host or a file must not move a person's cursor, nor turn the direction of writing.
 * Text only.
 * @module
 */

// Control, format (bidi, zero width), lone surrogates, separators, and letters that show nothing: what
// a terminal or an eye would misread.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text made safe for a terminal: what is hidden becomes a visible escape. Newlines and tabs stay.
 *
 * @example
 * ```ts
 * import { printable } from "./terminal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printable("a\x1b[2Kb"), "a\\u{1b}[2Kb");
 * ```
 */
export function printable(text: string): string {
  return text.replaceAll(HIDDEN, (char) => char === "\n" || char === "\t" ? char : escape(char));
}

/** The same for text that must stay on one line: newlines and tabs become escapes too. */
export function printableLine(text: string): string {
  return text.replaceAll(HIDDEN, escape);
}

function escape(char: string): string {
  return `\\u{${char.codePointAt(0)?.toString(16)}}`;
}

/** JSON text in which what is hidden stands as `\u` escapes: it means the same to a parser. */
export function escaped(json: string): string {
  return json.replaceAll(HIDDEN, (char) => {
    const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
