/**
 * What a regular expression says, as a tree. What cannot be walked in one pass is refused by name.
 * @module
 */

/** A part of an expression. */
export type Node =
  /** One character. */
  | { readonly kind: "take"; readonly fits: (char: string) => boolean }
  /** A condition on what stands on both sides; undefined is the end of the text. */
  | {
    readonly kind: "assert";
    readonly holds: (before: string | undefined, after: string | undefined) => boolean;
  }
  /** One after the other. */
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  /** One of them. */
  | { readonly kind: "choice"; readonly parts: readonly Node[] }
  /** So many times; without an upper end `max` is infinite. */
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number };

/** How long an expression may be. */
const MAX_LENGTH = 250;

type Fits = (char: string) => boolean;

const CLASSES: Readonly<Record<string, Fits>> = {
  d: (c) => /\d/.test(c),
  w: (c) => /\w/.test(c),
  s: (c) => /\s/.test(c),
  D: (c) => !/\d/.test(c),
  W: (c) => !/\w/.test(c),
  S: (c) => !/\s/.test(c),
};
const CONTROL: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v" };

const isWord = (char: string | undefined) => char !== undefined && /\w/.test(char);
const atStart: Node = { kind: "assert", holds: (before) => before === undefined };
const atEnd: Node = { kind: "assert", holds: (_, after) => after === undefined };
const atEdge: Node = { kind: "assert", holds: (a, b) => isWord(a) !== isWord(b) };
const notAtEdge: Node = { kind: "assert", holds: (a, b) => isWord(a) === isWord(b) };

/**
 * Reads an expression. `lower` compares letters in lower case.
 * @throws {SyntaxError} with the reason, as the end of a sentence
 */
export function parseRegex(source: string, lower = false): Node {
  if (source.length > MAX_LENGTH) {
    throw new SyntaxError(`an expression has at most ${MAX_LENGTH} characters`);
  }
  const parser = new Parser(source, lower);
  const node = parser.choice();
  if (!parser.done) throw new SyntaxError('")" closes nothing');
  return node;
}

class Parser {
  readonly #source: string;
  readonly #lower: boolean;
  #at = 0;

  constructor(source: string, lower: boolean) {
    this.#source = source;
    this.#lower = lower;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  choice(): Node {
    const parts = [this.#sequence()];
    while (this.#skip("|")) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (!this.done && !/[|)]/.test(this.#peek())) parts.push(this.#repeated());
    return { kind: "sequence", parts };
  }

  #repeated(): Node {
    let node = this.#atom();
    const found = this.#quantifier();
    if (found === undefined) return node;
    if (node.kind === "assert") throw new SyntaxError("a place cannot be repeated");
    node = { kind: "repeat", node, ...found };
    // Greed decides which match is found, never whether there is one.
    this.#skip("?");
    if (/^[*+?]/.test(this.#rest()) || this.#braces()) {
      throw new SyntaxError(`"${this.#peek()}" repeats what is repeated already`);
    }
    return node;
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#skip("*")) return { min: 0, max: Infinity };
    if (this.#skip("+")) return { min: 1, max: Infinity };
    if (this.#skip("?")) return { min: 0, max: 1 };
    const braces = this.#braces();
    if (!braces) return undefined;
    this.#at += braces[0].length;
    const [, from = "", range, to = ""] = braces;
    const min = Number(from || "0");
    const max = range === undefined ? min : to === "" ? Infinity : Number(to);
    if (max < min) throw new SyntaxError(`"${braces[0]}" ends before it begins`);
    return { min, max };
  }

  /** `{2}`, `{2,}`, `{,3}`, `{2,3}`; any other brace is itself. */
  #braces(): RegExpExecArray | null {
    return /^\{(?!,?\})(\d*)(,(\d*))?\}/.exec(this.#rest());
  }

  #atom(): Node {
    const char = this.#next();
    if (char === "(") return this.#group();
    if (char === "[") return { kind: "take", fits: this.#set() };
    if (char === ".") return { kind: "take", fits: (c) => c !== "\n" };
    if (char === "^") return atStart;
    if (char === "$") return atEnd;
    if (char === "\\") return this.#escape();
    if (/[*+?]/.test(char)) throw new SyntaxError(`"${char}" has nothing to repeat`);
    return { kind: "take", fits: this.#one(char) };
  }

  #group(): Node {
    if (/^\?(?!:)/.test(this.#rest())) {
      const what = /^\?(<?[=!]|P?<|[a-z-]+\)|.?)/.exec(this.#rest())?.[0] ?? "?";
      throw new SyntaxError(`"(${what}" is not supported, only "(…)" and "(?:…)"`);
    }
    if (this.#skip("?")) this.#skip(":");
    const node = this.choice();
    if (!this.#skip(")")) throw new SyntaxError('"(" is not closed');
    return node;
  }

  #escape(): Node {
    const char = this.#next("a backslash ends it");
    if (char === "b") return atEdge;
    if (char === "B") return notAtEdge;
    if (char === "A") return atStart;
    if (char === "Z") return atEnd;
    return { kind: "take", fits: this.#escaped(char) };
  }

  #escaped(char: string): Fits {
    if (CLASSES[char] !== undefined) return CLASSES[char];
    if (CONTROL[char] !== undefined) return this.#one(CONTROL[char]);
    if (/[A-Za-z0-9]/.test(char)) throw new SyntaxError(`"\\${char}" is not supported`);
    return this.#one(char);
  }

  #set(): Fits {
    const not = this.#skip("^");
    const fits: Fits[] = [];
    // As in Python, a bracket that stands first is itself.
    for (let first = true; first || this.#peek() !== "]"; first = false) {
      fits.push(this.#setItem());
    }
    this.#at++;
    return (char) => fits.some((fit) => fit(char)) !== not;
  }

  #setItem(): Fits {
    const open = '"[" is not closed';
    const from = this.#next(open);
    if (from === "\\") return this.#escaped(this.#next(open));
    if (!/^-[^\]]/.test(this.#rest())) return this.#one(from);
    this.#at++;
    let to = this.#next(open);
    if (to === "\\") to = this.#next(open);
    if (from > to) throw new SyntaxError(`"${from}-${to}" ends before it begins`);
    return (char) =>
      (from <= char && char <= to) ||
      (this.#lower && from <= char.toUpperCase() && char.toUpperCase() <= to);
  }

  #one(char: string): Fits {
    const wanted = this.#lower ? char.toLowerCase() : char;
    return (c) => c === wanted;
  }

  #rest(): string {
    return this.#source.slice(this.#at);
  }

  #peek(): string {
    return this.#source[this.#at] ?? "";
  }

  #next(otherwise = "it ends too early"): string {
    if (this.done) throw new SyntaxError(otherwise);
    return this.#source[this.#at++]!;
  }

  #skip(char: string): boolean {
    const there = this.#peek() === char;
    if (there) this.#at++;
    return there;
  }
}
