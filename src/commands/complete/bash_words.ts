/**
 * A command line as bash reads it, up to the cursor, and words as bash must be given them. Text
 * only: nothing is expanded, so that nothing on the line or in an inventory is ever run.
 * @module
 */

/** A line up to the cursor. */
export interface BashLine {
  /** Words without their quotes, the program first; the last one is being typed. */
  readonly words: readonly string[];
  /** Quote that is open at the cursor. */
  readonly quote: "'" | '"' | "";
  /** What stands, in the last word, before the part that bash will replace. */
  readonly kept: string;
}

/** What of a word bash replaces: everything behind its last unquoted word break. */
interface Word {
  text: string;
  kept: string;
}

/**
 * Reads a line.
 *
 * @example
 * ```ts
 * import { readBashLine } from "./bash_words.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readBashLine("holdfast apply --limit=lb", ":="), {
 *   words: ["holdfast", "apply", "--limit=lb"],
 *   quote: "",
 *   kept: "--limit=",
 * });
 * ```
 */
export function readBashLine(line: string, breaks: string): BashLine {
  const words: string[] = [];
  let word: Word | undefined;
  let quote: BashLine["quote"] = "";
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote === "" && /\s/.test(char)) {
      if (word !== undefined) words.push(word.text);
      word = undefined;
      continue;
    }
    word ??= { text: "", kept: "" };
    if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) {
      quote = char;
      word.kept = word.text;
    } else if (char === "\\" && quote !== "'" && escapes(line.charAt(at + 1), quote)) {
      word.text += line.charAt(++at);
    } else {
      // An @ begins the part that is replaced, as that of a host name would; others end before it.
      if (quote === "" && char === "@" && breaks.includes(char)) word.kept = word.text;
      word.text += char;
      if (quote === "" && char !== "@" && breaks.includes(char)) word.kept = word.text;
    }
  }
  const { text, kept } = word ?? { text: "", kept: "" };
  // A quote that was closed again is replaced with the word it is part of.
  return { words: [...words, text], quote, kept };
}

function escapes(next: string, quote: string): boolean {
  return quote === "" ? next !== "" : /["\\$`]/.test(next);
}

/**
 * Text as it must stand on the line so that bash reads it as these characters and no others.
 * `kept` of {@link BashLine} is what to leave out in front.
 */
export function bashWord(text: string, { quote, kept }: Pick<BashLine, "quote" | "kept">): string {
  const rest = text.startsWith(kept) ? text.slice(kept.length) : text;
  if (quote === "'") return rest.replaceAll("'", "'\\''");
  if (quote === '"') return rest.replaceAll(/["\\$`]/g, "\\$&");
  return rest.replaceAll(/[^\p{L}\p{N}_./:@%+=,-]/gu, "\\$&");
}
