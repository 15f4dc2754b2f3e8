/**
 * How much room text takes on a terminal.
 * @module
 */

const NO_ROOM = /[\p{Mn}\p{Me}]/u;
// East Asian wide and fullwidth forms, and what is drawn as an emoji.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Columns that printable text on one line takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += widthOf(char);
  return columns;
}

/**
 * Text cut to so many columns, the cut shown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cut } from "./width.ts";
 *
 * assertEquals([cut("haproxy", 7), cut("haproxy", 4), cut("設定", 3)], ["haproxy", "hap…", "設…"]);
 * ```
 */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let room = columns - 1;
  for (const char of text) {
    room -= widthOf(char);
    if (room < 0) break;
    kept += char;
  }
  return columns < 1 ? "" : `${kept}…`;
}

/** Text of exactly so many columns: cut, or filled with spaces. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + " ".repeat(Math.max(0, columns - columnsOf(short)));
}

function widthOf(char: string): number {
  if (NO_ROOM.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}
