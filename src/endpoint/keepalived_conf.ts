/**
 * The words and blocks of a keepalived.conf, ours or any other. Pure. What other files hold that it
 * includes is not seen.
 * @module
 */

/** One line of a file, with the block that it opens, if it opens one. */
export interface Statement {
  /** Its words, quotes taken off. */
  readonly words: readonly string[];
  /** What stands between its braces; unset: it has none. */
  readonly block?: readonly Statement[];
}

/** A piece of text between blanks: a word, or what ends or opens something. */
type Token = { readonly word: string } | "{" | "}" | "\n";

/**
 * The statements of a file, outermost first. A brace too many or too few is no error: what there is
 * counts.
 *
 * @example
 * ```ts
 * import { parseKeepalived } from "./keepalived_conf.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseKeepalived('a "b c" ! why\nd { e 1 }'), [
 *   { words: ["a", "b c"] },
 *   { words: ["d"], block: [{ words: ["e", "1"] }] },
 * ]);
 * ```
 */
export function parseKeepalived(text: string): readonly Statement[] {
  const root: Statement[] = [];
  const open: Statement[][] = [root];
  let words: string[] = [];
  const flush = () => {
    if (words.length > 0) open.at(-1)?.push({ words });
    words = [];
  };
  for (const token of tokens(text)) {
    if (typeof token === "object") words.push(token.word);
    else if (token === "\n") flush();
    else if (token === "}") {
      flush();
      if (open.length > 1) open.pop();
    } else {
      const block: Statement[] = [];
      const siblings = open.at(-1) ?? root;
      // The brace may stand on a line of its own, below what it belongs to.
      const owner = words.length > 0 ? words : siblings.pop()?.words ?? [];
      siblings.push({ words: owner, block });
      words = [];
      open.push(block);
    }
  }
  flush();
  return root;
}

function* tokens(text: string): Generator<Token> {
  // A quoted or escaped piece is part of its word; "!" and "#" begin a comment wherever they stand.
  const piece = /[!#][^\n]*|\n|[{}]|(?:\\[^\n]|"[^"\n]*"?|[^\s{}!#"\\])+/g;
  for (const [found] of text.matchAll(piece)) {
    if (found === "{" || found === "}" || found === "\n") yield found;
    else if (!/^[!#]/.test(found)) yield { word: found.replace(/\\(.)|"/g, "$1") };
  }
}
