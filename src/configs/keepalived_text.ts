/**
 * Pieces of a keepalived.conf that remember where each of their characters stands in the file, as
 * definitions put text where it was not written. Pure.
 * @module
 */

/** A piece of text that knows where each of its characters was written. */
export interface Text {
  /** The characters. */
  readonly chars: string;
  /**
   * Where they were written: the offset of the first one, when the piece stands in the file as it
   * is; else those of each.
   */
  readonly at: number | Offsets;
}

/** Offsets of each character; of text that stands nowhere in the file there are none. */
interface Offsets {
  /** Where each begins in the file. */
  readonly from: readonly number[];
  /** Where each ends in the file. */
  readonly to: readonly number[];
}

const NOWHERE: Offsets = { from: [], to: [] };

/** The lines of a file without their ends. */
export function* linesIn(text: string): Generator<Text> {
  let at = 0;
  for (const line of text.split("\n")) {
    yield { chars: line.endsWith("\r") ? line.replace(/\r+$/, "") : line, at };
    at += line.length + 1;
  }
}

/** A piece that stands nowhere in the file: the value of what Keepalived defines itself. */
export function unwritten(chars: string): Text {
  return { chars, at: NOWHERE };
}

/** Where a character begins in the file; unset: there is none, or it stands nowhere. */
export function beginOf({ chars, at }: Text, index: number): number | undefined {
  if (typeof at !== "number") return at.from[index];
  return index >= 0 && index < chars.length ? at + index : undefined;
}

/** Where a character ends in the file; unset: there is none, or it stands nowhere. */
export function endOf({ chars, at }: Text, index: number): number | undefined {
  if (typeof at !== "number") return at.to[index];
  return index >= 0 && index < chars.length ? at + index + 1 : undefined;
}

/** A part of a piece, as `slice` of a string. */
export function part({ chars, at }: Text, begin: number, end = chars.length): Text {
  if (typeof at === "number") return { chars: chars.slice(begin, end), at: at + begin };
  const { from, to } = at;
  return {
    chars: chars.slice(begin, end),
    at: { from: from.slice(begin, end), to: to.slice(begin, end) },
  };
}

/** Pieces one after the other. */
export function joined(...pieces: readonly Text[]): Text {
  const [first, ...others] = pieces.filter(({ chars }) => chars !== "");
  if (first === undefined) return unwritten("");
  if (others.length === 0) return first;
  const all = [first, ...others].map((it) => ({ chars: it.chars, ...offsetsOf(it) }));
  return {
    chars: all.map(({ chars }) => chars).join(""),
    at: { from: all.flatMap(({ from }) => from), to: all.flatMap(({ to }) => to) },
  };
}

function offsetsOf({ chars, at }: Text): Offsets {
  if (typeof at !== "number") return at;
  const from = Array.from({ length: chars.length }, (_, i) => at + i);
  return { from, to: from.map((it) => it + 1) };
}

/** Other text in the place of a piece: each of its characters was written as the whole piece. */
export function instead(piece: Text, chars: string): Text {
  const begin = beginOf(piece, 0) ?? 0;
  const end = endOf(piece, piece.chars.length - 1) ?? 0;
  return {
    chars,
    at: { from: chars.split("").map(() => begin), to: chars.split("").map(() => end) },
  };
}

/** A piece without blanks around it. */
export function trimmed(piece: Text): Text {
  const { chars } = piece;
  let [begin, end] = [0, chars.length];
  while (begin < end && isBlank(chars[begin])) begin++;
  while (end > begin && isBlank(chars[end - 1])) end--;
  return begin === 0 && end === chars.length ? piece : part(piece, begin, end);
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t";
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
  // Most lines have neither a comment nor a quote.
  if (!/["!#]/.test(line.chars)) return { line: trimmed(line) };
  if (/^[ \t]*[!#]/.test(line.chars)) return { line: unwritten("") };
  const kept: Text[] = [];
  let [quote, cut]: (number | undefined)[] = [];
  let done = 0;
  for (const { 0: found, index } of line.chars.matchAll(/\\?[\s\S]/g)) {
    if (found === '"') quote = quote === undefined ? index : undefined;
    if (quote !== undefined) continue;
    if (found === "\\!" || found === "\\#") {
      // Version 2.2.7 reads its own copy of the file, without the backslash.
      cut ??= beginOf(line, index);
      kept.push(part(line, done, index));
      done = index + 1;
    } else if (found === "!" || found === "#") {
      if (/\S[!#]\S/.test(line.chars.slice(Math.max(0, index - 1), index + 2))) {
        cut ??= beginOf(line, index);
      }
      return {
        line: trimmed(joined(...kept, part(line, done, index))),
        ...(cut !== undefined && { cut }),
      };
    }
  }
  return {
    line: trimmed(joined(...kept, part(line, done))),
    ...(quote !== undefined && { openQuote: beginOf(line, quote) ?? 0 }),
    ...(cut !== undefined && { cut }),
  };
}
