/**
 * Terms and their descriptions, side by side where the terminal has room. Text only.
 * @module
 */

/** A term and its description. */
export type Row = readonly [term: string, text: string];

/** A heading and its rows. */
export type Section = readonly [heading: string, rows: readonly Row[]];

/** Below this, a description stands under its term instead of beside it. */
const NARROW = 60;

/**
 * Sections with one column of descriptions for all of them. A term longer than `longest` has its
 * description below.
 */
export function sections(all: readonly Section[], width: number, longest = 28): string[] {
  const lengths = all.flatMap(([, rows]) => rows.map(([term]) => term.length));
  const column = Math.max(...lengths.filter((length) => length <= longest), 0) + 4;
  return all.filter(([, rows]) => rows.length > 0)
    .map(([heading, rows]) =>
      [heading, ...rows.flatMap((row) => lines(row, width, column))].join("\n")
    );
}

function lines([term, text]: Row, width: number, column: number): string[] {
  const below = width < NARROW || term.length > column - 4;
  const indent = " ".repeat(width < NARROW ? 6 : column);
  const [first = "", ...more] = wrap(text, width - indent.length);
  const rest = more.map((it) => indent + it);
  return below
    ? [`  ${term.trimStart()}`, indent + first, ...rest]
    : [`  ${term}`.padEnd(column) + first, ...rest];
}

/** Breaks text at blanks; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
