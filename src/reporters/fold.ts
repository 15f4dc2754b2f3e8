import { columnsOf } from "./width.ts";

/**
 * Text behind a head, broken between words so that no line is longer than the terminal, the lines
 * that follow indented. A word that is longer than a line stays whole: it may be a path to copy.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hang } from "./fold.ts";
 *
 * assertEquals(hang("lb1 ok ", "files haproxy", { indent: 2, columns: 14 }), "lb1 ok files\n  haproxy");
 * ```
 */
export function hang(
  head: string,
  text: string,
  { indent, columns }: { readonly indent: number; readonly columns: number },
): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const used = columnsOf(lines.length === 0 ? head : " ".repeat(indent)) + columnsOf(line);
    const full = used + (line === "" ? 0 : 1) + columnsOf(word) > columns;
    // Nothing is won by a new line for a word that is the first of its line already.
    const first = line === "" && (lines.length > 0 || columnsOf(head) <= indent);
    if (full && !first) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  const [start = "", ...rest] = [...lines, line];
  return [`${head}${start}`.trimEnd(), ...rest].join(`\n${" ".repeat(indent)}`);
}
