/**
 * Pieces of a keepalived.conf that remember where each of their characters stands in the file, as
 * definitions put text where it was not written. Pure.
 * @module
 */

/** A piece of text with the offsets of what each character was written as. */
export interface Text {
  /** The characters. */
  readonly chars: string;
  /** Where each begins in the file. */
  readonly from: readonly number[];
  /** Where each ends in the file. */
  readonly to: readonly number[];
}

/** The lines of a file without their ends. */
export function* linesIn(text: string): Generator<Text> {
  let at = 0;
  for (const line of text.split("\n")) {
    yield textAt(line.replace(/\r+$/, ""), at);
    at += line.length + 1;
  }
}

/** A piece that stands in the file as it is. */
export function textAt(chars: string, at: number): Text {
  const from = Array.from({ length: chars.length }, (_, i) => at + i);
  return { chars, from, to: from.map((it) => it + 1) };
}

/** A part of a piece, as `slice` of a string. */
export function part({ chars, from, to }: Text, begin: number, end = chars.length): Text {
  return { chars: chars.slice(begin, end), from: from.slice(begin, end), to: to.slice(begin, end) };
}

/** Pieces one after the other. */
export function joined(...pieces: readonly Text[]): Text {
  return {
    chars: pieces.map(({ chars }) => chars).join(""),
    from: pieces.flatMap(({ from }) => from),
    to: pieces.flatMap(({ to }) => to),
  };
}

/** Other text in the place of a piece: each of its characters was written as the whole piece. */
export function instead({ from, to }: Text, chars: string): Text {
  const [begin = 0, end = 0] = [from[0], to.at(-1)];
  return { chars, from: chars.split("").map(() => begin), to: chars.split("").map(() => end) };
}

/** A piece without blanks around it. */
export function trimmed(piece: Text): Text {
  const begin = piece.chars.length - piece.chars.replace(/^[ \t]+/, "").length;
  return part(piece, begin, Math.max(begin, piece.chars.replace(/[ \t]+$/, "").length));
}

/** A line without its comment. */
export interface Bare {
  /** What is left, without blanks around it. */
  readonly line: Text;
  /** Offset of a quote that is never closed. */
  readonly openQuote?: number;
  /** Offset of a comment sign in the middle of a word: it ends the word. */
  readonly cut?: number;
}

/**
 * A line without its comment and the blanks around it. `!` and `#` begin a comment wherever they
 * stand, but not in double quotes and not behind a backslash, which is then taken off.
 */
export function withoutComment(line: Text): Bare {
  const kept: Text[] = [];
  let [quote, cut]: (number | undefined)[] = [];
  let done = 0;
  for (const { 0: found, index } of line.chars.matchAll(/\\?[\s\S]/g)) {
    if (found === '"') quote = quote === undefined ? index : undefined;
    if (quote !== undefined) continue;
    if (found === "\\!" || found === "\\#") {
      // Version 2.2.7 reads its own copy of the file, without the backslash.
      cut ??= line.from[index];
      kept.push(part(line, done, index));
      done = index + 1;
    } else if (found === "!" || found === "#") {
      if (/\S[!#]\S/.test(line.chars.slice(Math.max(0, index - 1), index + 2))) {
        cut ??= line.from[index];
      }
      return {
        line: trimmed(joined(...kept, part(line, done, index))),
        ...(cut !== undefined && { cut }),
      };
    }
  }
  return {
    line: trimmed(joined(...kept, part(line, done))),
    ...(quote !== undefined && { openQuote: line.from[quote] ?? 0 }),
    ...(cut !== undefined && { cut }),
  };
}
