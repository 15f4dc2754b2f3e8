/**
 * The words and blocks of a keepalived.conf, ours or any other, each with its place, as Keepalived
 * takes them: definitions put in, lines repeated, conditions decided. Pure. What other files hold
 * that it includes is not seen.
 * @module
 */
import type { Diagnostic, Source } from "../model.ts";
import { expanded } from "./keepalived_definitions.ts";
import { beginOf, endOf } from "./keepalived_text.ts";
import { type Token, wordsOf } from "./keepalived_words.ts";
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
  const tokens = lines.map((line) => wordsOf(line, place));
  const asWritten = read(tokens, false);
  // Where a brace is missing, what Keepalived makes of the rest is of no use to anybody.
  const meant = asWritten.unclosed ? read(tokens, true) : asWritten;
  const mended = asWritten.unclosed && !meant.unclosed && wrong.length === 0;
  const { statements, problems: braces } = mended ? meant : asWritten;
  const problems = [
    ...wrong.map(({ at, message }) => problem(place(at, at + 1), message)),
    ...braces,
  ];
  return {
    file,
    text: masked(text),
    statements,
    includes: includes.map((it) => ({
      text: it.chars,
      source: place(beginOf(it, 0) ?? 0, endOf(it, it.chars.length - 1) ?? 1),
    })),
    cuts: cuts.map((at) => place(at, at + 1)),
    problems,
    ...(mended ? { mended } : {}),
  };
}

/** Passwords as stars, letter by letter, so that every place stays what it is. */
function masked(text: string): string {
  if (!/\$|auth_pass/i.test(text)) return text;
  const secret = /^([^\n]*?(?:\bauth_pass\b|\$\w*(?:pass|secret|pwd)\w*=)[ \t]*)([^\n]*)/gim;
  return text.replace(secret, (_, head: string, rest: string) => head + rest.replace(/\S/g, "*"));
}

/** What the words and braces of a file come to. */
interface Reading {
  readonly statements: readonly Statement[];
  readonly problems: readonly Diagnostic[];
  /** The end of the file came, or a brace too many, before all was closed that was opened. */
  readonly unclosed: boolean;
}

function read(lines: readonly (readonly Token[])[], recover: boolean): Reading {
  const blocks = new Blocks(recover);
  for (const line of lines) {
    for (const token of line) {
      if (token.kind === "word") blocks.word(token.word);
      else if (token.kind === "{") blocks.open(token.source);
      else blocks.close(token.source);
    }
    blocks.endLine();
  }
  return blocks.end();
}

/** Blocks that stand in no other: where one of them begins, all before it must have ended. */
const OUTERMOST: ReadonlySet<string> = new Set(
  ("bfd_instance garp_group global_defs static_ipaddress static_routes static_rules " +
    "virtual_server virtual_server_group vrrp_instance vrrp_script vrrp_sync_group " +
    "vrrp_track_bfd vrrp_track_file vrrp_track_process").split(" "),
);

/** Blocks of an instance, none of which stands in another one. */
const OF_INSTANCE: ReadonlySet<string> = new Set(
  ("authentication track_bfd track_file track_interface track_process track_script unicast_peer " +
    "virtual_ipaddress virtual_ipaddress_excluded virtual_routes virtual_rules").split(" "),
);

/** Lines of an instance that none of these has. */
const SETTINGS: ReadonlySet<string> = new Set(
  ("advert_int interface nopreempt preempt_delay priority state unicast_src_ip virtual_router_id")
    .split(" "),
);

/** What is nested deeper is no configuration: it is taken as if it were not. */
const DEEPEST = 50;

/** Puts words and braces together to statements. */
class Blocks {
  readonly #root: Statement[] = [];
  readonly #open: {
    readonly inside: Statement[];
    readonly source?: Source;
    readonly name?: string;
  }[] = [
    { inside: this.#root },
  ];
  #words: Word[] = [];

  readonly #problems: Diagnostic[] = [];
  #stray = false;

  constructor(private readonly recover: boolean) {}

  get #inside(): Statement[] {
    return this.#open.at(-1)?.inside ?? this.#root;
  }

  word(word: Word): void {
    this.#words.push(word);
  }

  endLine(): void {
    const [word] = this.#words;
    const within = OF_INSTANCE.has(this.#open.at(-1)?.name ?? "");
    if (this.recover && within && word && SETTINGS.has(word.text)) this.#closeTo(2, word);
    if (this.#words.length > 0) this.#inside.push({ words: this.#words });
    this.#words = [];
  }

  open(source: Source): void {
    if (this.#open.length > DEEPEST) return void this.#open.push({ inside: this.#inside });
    if (this.recover) this.#closeBefore();
    const inside: Statement[] = [];
    // The brace may stand on a line of its own, below what it belongs to.
    const above = this.#inside.at(-1);
    const takes = this.#words.length === 0 && above && above.block === undefined;
    const words = takes ? this.#inside.pop()?.words ?? [] : this.#words;
    this.#inside.push({ words, block: inside });
    this.#words = [];
    this.#open.push({ inside, source: words[0]?.source ?? source, name: words[0]?.text ?? "" });
  }

  close(source: Source): void {
    this.endLine();
    if (this.#open.length > 1) this.#open.pop();
    else {
      this.#stray = true;
      this.#problems.push(problem(source, "This brace closes nothing"));
    }
  }

  /** Closes what cannot hold the block that begins now, as its author meant it to be. */
  #closeBefore(): void {
    const alone = this.#words.length === 0 ? this.#inside.at(-1) : undefined;
    const { words } = alone?.block === undefined ? alone ?? { words: this.#words } : { words: [] };
    const [word] = words;
    const depth = OUTERMOST.has(word?.text ?? "") ? 1 : OF_INSTANCE.has(word?.text ?? "") ? 2 : 0;
    if (!word || depth === 0 || this.#open.length <= depth) return;
    if (alone) this.#inside.pop();
    this.#words = [...words];
    this.#closeTo(depth, word);
  }

  #closeTo(depth: number, before: Word): void {
    for (const { source } of this.#open.splice(depth)) this.#missing(source, before);
  }

  #missing(source: Source | undefined, above?: Word): void {
    const where = above ? ` above "${above.text}" on line ${above.source.line}` : "";
    const message = `This block is never closed: a } is missing${where}`;
    if (source) this.#problems.push(problem(source, message));
  }

  /** The last block of a file may lack its brace, and it is known all the same what is in it. */
  #lastIsKnown(): boolean {
    const { words = [], block = [] } = this.#root.at(-1) ?? {};
    return this.#open.length === 2 && OUTERMOST.has(words[0]?.text ?? "") &&
      block.every((it) => it.block === undefined || OF_INSTANCE.has(it.words[0]?.text ?? ""));
  }

  end(): Reading {
    this.endLine();
    const open = this.#open.slice(1);
    for (const { source } of open) this.#missing(source);
    const left = open.length - (this.recover && this.#lastIsKnown() ? 1 : 0);
    const unclosed = left > 0 || (this.recover && this.#stray);
    return { statements: this.#root, problems: this.#problems, unclosed };
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
