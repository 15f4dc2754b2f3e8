/**
 * The words and blocks of a keepalived.conf, ours or any other, each with its place. Pure. What
 * other files hold that it includes is not seen.
 * @module
 */
import type { Diagnostic, Source } from "../model.ts";
import type { KeepalivedFile, Statement, Word } from "./model.ts";
import { placesIn } from "./scan.ts";

/** A piece of text between blanks: a word, or what ends or opens something. */
type Token =
  | { readonly kind: "word"; readonly word: Word }
  | { readonly kind: "{" | "}" | "\n"; readonly source: Source };

/**
 * Reads a keepalived.conf. It never fails: what is wrong with the text as a whole is in `problems`,
 * and what there is counts all the same.
 *
 * @example
 * ```ts
 * import { parseKeepalived } from "./keepalived.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { statements: [statement] } = parseKeepalived("vrrp_script a { # why\n  weight -2\n}");
 * assertEquals(statement?.words.map((it) => it.text), ["vrrp_script", "a"]);
 * assertEquals(statement?.block?.[0]?.words[1], {
 *   text: "-2",
 *   source: { file: "keepalived.conf", line: 2, column: 10, length: 2 },
 * });
 * ```
 */
export function parseKeepalived(text: string, file = "keepalived.conf"): KeepalivedFile {
  const problems: Diagnostic[] = [];
  const root: Statement[] = [];
  const open: { readonly inside: Statement[]; readonly source?: Source }[] = [{ inside: root }];
  let words: Word[] = [];
  const flush = () => {
    if (words.length > 0) open.at(-1)?.inside.push({ words });
    words = [];
  };
  for (const token of tokens(text, file)) {
    if (token.kind === "word") words.push(token.word);
    else if (token.kind === "\n") flush();
    else if (token.kind === "}") {
      flush();
      if (open.length > 1) open.pop();
      else problems.push(problem(token.source, "This brace closes nothing"));
    } else {
      const inside: Statement[] = [];
      const siblings = open.at(-1)?.inside ?? root;
      // The brace may stand on a line of its own, below what it belongs to.
      const owner = words.length > 0 ? words : siblings.pop()?.words ?? [];
      siblings.push({ words: owner, block: inside });
      words = [];
      open.push({ inside, source: owner[0]?.source ?? token.source });
    }
  }
  flush();
  for (const { source } of open.slice(1)) {
    if (source) problems.push(problem(source, "This block is never closed: a } is missing"));
  }
  return { file, text, statements: root, problems };
}

function problem(source: Source, message: string): Diagnostic {
  return { severity: "error", code: "unreadable-config", message, source };
}

function* tokens(text: string, file: string): Generator<Token> {
  const place = placesIn(file, text);
  // A quoted or escaped piece is part of its word; "!" and "#" begin a comment wherever they stand.
  const piece = /[!#][^\n]*|\n|[{}]|(?:\\[^\n]|"[^"\n]*"?|[^\s{}!#"\\]|\$\{\w+\})+/g;
  for (const { 0: found, index } of text.matchAll(piece)) {
    const source = place(index, index + found.length);
    if (found === "{" || found === "}" || found === "\n") yield { kind: found, source };
    else if (!/^[!#]/.test(found)) {
      yield { kind: "word", word: { text: found.replace(/\\(.)|"/g, "$1"), source } };
    }
  }
}

/** The blocks of this name, each with the words of its line. */
export function blocksOf(
  within: readonly Statement[],
  name: string,
): readonly Required<Statement>[] {
  return within.filter((it): it is Required<Statement> =>
    it.words[0]?.text === name && it.block !== undefined
  );
}

/** The last statement that begins with this word: later ones count. */
export function lastOf(within: readonly Statement[], name: string): Statement | undefined {
  return within.findLast(({ words }) => words[0]?.text === name);
}

/** The statements of this name, blocks or not. */
export function allOf(within: readonly Statement[], name: string): readonly Statement[] {
  return within.filter(({ words }) => words[0]?.text === name);
}
