/**
 * The words and blocks of a keepalived.conf, ours or any other, each with its place, as Keepalived
 * takes them: definitions put in, lines repeated, conditions decided. Pure. What other files hold
 * that it includes is not seen.
 * @module
 */
import type { Diagnostic, Source } from "../model.ts";
import { expanded } from "./keepalived_definitions.ts";
import { wordsOf } from "./keepalived_words.ts";
import type { KeepalivedFile, Statement, Word } from "./model.ts";
import { placesIn } from "./scan.ts";

/**
 * Reads a keepalived.conf. It never fails: what is wrong with the text as a whole is in `problems`,
 * and what there is counts all the same.
 * @param id what lines with a condition (`@lb1 priority 110`) are compared with, the first part of
 * the host's name. Unset: the first that the file asks for
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
export function parseKeepalived(
  text: string,
  file = "keepalived.conf",
  id?: string,
): KeepalivedFile {
  const place = placesIn(file, text);
  const { lines, includes, cuts, problems: wrong } = expanded(text, id);
  const problems = wrong.map(({ at, message }) => problem(place(at, at + 1), message));
  const blocks = new Blocks(problems);
  for (const line of lines) {
    for (const token of wordsOf(line, place)) {
      if (token.kind === "word") blocks.word(token.word);
      else if (token.kind === "{") blocks.open(token.source);
      else blocks.close(token.source);
    }
    blocks.endLine();
  }
  return {
    file,
    text: masked(text),
    statements: blocks.end(),
    includes: includes.map(({ chars, from, to }) => ({
      text: chars,
      source: place(from[0] ?? 0, to.at(-1) ?? 1),
    })),
    cuts: cuts.map((at) => place(at, at + 1)),
    problems,
  };
}

/** Passwords as stars, letter by letter, so that every place stays what it is. */
function masked(text: string): string {
  const secret = /^([^\n]*?(?:\bauth_pass\b|\$\w*(?:pass|secret|pwd)\w*=)[ \t]*)([^\n]*)/gim;
  return text.replace(secret, (_, head: string, rest: string) => head + rest.replace(/\S/g, "*"));
}

/** What is nested deeper is no configuration: it is taken as if it were not. */
const DEEPEST = 50;

/** Puts words and braces together to statements. */
class Blocks {
  readonly #root: Statement[] = [];
  readonly #open: { readonly inside: Statement[]; readonly source?: Source }[] = [
    { inside: this.#root },
  ];
  #words: Word[] = [];

  constructor(private readonly problems: Diagnostic[]) {}

  get #inside(): Statement[] {
    return this.#open.at(-1)?.inside ?? this.#root;
  }

  word(word: Word): void {
    this.#words.push(word);
  }

  endLine(): void {
    if (this.#words.length > 0) this.#inside.push({ words: this.#words });
    this.#words = [];
  }

  open(source: Source): void {
    if (this.#open.length > DEEPEST) return void this.#open.push({ inside: this.#inside });
    const inside: Statement[] = [];
    // The brace may stand on a line of its own, below what it belongs to.
    const above = this.#inside.at(-1);
    const takes = this.#words.length === 0 && above && above.block === undefined;
    const words = takes ? this.#inside.pop()?.words ?? [] : this.#words;
    this.#inside.push({ words, block: inside });
    this.#words = [];
    this.#open.push({ inside, source: words[0]?.source ?? source });
  }

  close(source: Source): void {
    this.endLine();
    if (this.#open.length > 1) this.#open.pop();
    else this.problems.push(problem(source, "This brace closes nothing"));
  }

  end(): readonly Statement[] {
    this.endLine();
    for (const { source } of this.#open.slice(1)) {
      if (source) this.problems.push(problem(source, "This block is never closed: a } is missing"));
    }
    return this.#root;
  }
}

function problem(source: Source, message: string): Diagnostic {
  return { severity: "error", code: "unreadable-config", message, source };
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
