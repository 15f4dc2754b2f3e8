/**
 * Text from a host must not move a person's cursor. Text only.
 * @module
 */

// deno-lint-ignore no-control-regex
const DANGEROUS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Remote text made safe for a terminal: control characters, and those that turn the direction of
 * writing, become visible escapes. Newlines and tabs stay.
 *
 * @example
 * ```ts
 * import { printable } from "./terminal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printable("a\x1b[2Kb"), "a\\x1b[2Kb");
 * ```
 */
export function printable(text: string): string {
  return text.replaceAll(DANGEROUS, (char) => {
    const code = char.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
