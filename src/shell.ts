/**
 * The one place that quotes for a shell. Text only: nothing here runs anything.
 * @module
 */

/** Shell text that is put in as it is: made by {@link raw} only. */
export class ShellText {
  /** The text. */
  readonly text: string;

  /** Takes text as it is. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a hole of the template. Lists become words. */
export type ShellValue = string | number | ShellText | readonly (string | number | ShellText)[];

/**
 * One word for a POSIX shell, whatever it holds.
 * @throws {TypeError} when it holds a NUL, which no shell word can
 *
 * @example
 * ```ts
 * import { quote } from "./shell.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quote("it's"), `'it'\\''s'`);
 * assertEquals(quote("plain-1.2/x"), "plain-1.2/x");
 * ```
 */
export function quote(value: string | number): string {
  const text = String(value);
  if (text.includes("\0")) throw new TypeError("Cannot quote for a shell: the value holds a NUL");
  // Words of these characters mean the same with and without quotes; they stay readable.
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Marks text as shell text, to be put in without quotes. Never for a value from outside. */
export function raw(text: string): ShellText {
  return new ShellText(text);
}

/**
 * Shell text with every hole quoted. Backslashes reach the shell as written, but for the two that
 * TypeScript itself needs: `\\${` is `${` and an escaped backtick is a backtick.
 *
 * @example
 * ```ts
 * import { sh } from "./shell.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sh`rm -- ${["a b", "$(c)"]}`, "rm -- 'a b' '$(c)'");
 * ```
 */
export function sh(text: TemplateStringsArray, ...holes: readonly ShellValue[]): string {
  return text.raw.map((part) => part.replaceAll("\\${", "${").replaceAll("\\`", "`"))
    .reduce((out, part, i) => out + word(holes[i - 1] ?? "") + part);
}

function word(value: ShellValue): string {
  if (typeof value === "string" || typeof value === "number") return quote(value);
  if (value instanceof ShellText) return value.text;
  return value.map(word).join(" ");
}
