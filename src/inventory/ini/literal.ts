/**
 * Python literals, as Ansible reads the values of INI inventories: what is one has its type, and
 * everything else is the string that was typed.
 * @module
 */

/** A value that has been read. */
export interface Literal {
  /** The value; tuples and sets are lists. */
  readonly value: unknown;
}

/** Deeper values are taken as strings. */
const MAX_DEPTH = 32;
/** Longer values are taken as strings, without a look. */
const MAX_LENGTH = 64 * 1024;

const SPACE = /(?:[ \t\f]|#.*$)*/y;
// A leading zero is no number in Python, and a large one would lose digits here.
const NUMBER =
  /([+-]?)\s*(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?)(?![\w.])/y;
const WORD = /(True|False|None)(?!\w)/y;
const QUOTE = /([rRuUbB]?)("""|'''|"|')/y;
const WORDS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** Thrown where text is no literal; caught in this file. */
class NoLiteral extends Error {}

/**
 * The value of a Python literal, or undefined where the text is none.
 *
 * @example
 * ```ts
 * import { literal } from "./literal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(literal("{'a': [1, True]}"), { value: { a: [1, true] } });
 * assertEquals(literal("10.0.0.1"), undefined);
 * ```
 */
export function literal(text: string): Literal | undefined {
  if (text.length > MAX_LENGTH || !/^[\s\w+.({["'-]/.test(text)) return undefined;
  try {
    return { value: new Reader(text).whole() };
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const first = this.#value(0);
    if (!this.#take(",")) return this.#end(first);
    // Commas outside of brackets make a tuple.
    return this.#end([first, ...this.#items(undefined, 0)]);
  }

  #end<T>(value: T): T {
    this.#skip();
    if (this.#at < this.#text.length) throw new NoLiteral();
    return value;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NoLiteral();
    this.#skip();
    if (this.#take("[")) return this.#items("]", depth + 1);
    if (this.#take("(")) return this.#tuple(depth + 1);
    if (this.#take("{")) return this.#braces(depth + 1);
    const word = this.#match(WORD)?.[1];
    if (word !== undefined) return WORDS[word];
    const number = this.#match(NUMBER);
    return number ? toNumber(number[1] ?? "", number[2] ?? "") : this.#strings();
  }

  /** Items up to a closing bracket, a comma after the last one allowed. */
  #items(close: string | undefined, depth: number): unknown[] {
    const items: unknown[] = [];
    const done = () => close === undefined ? this.#atEnd() : this.#take(close);
    while (!done()) {
      items.push(this.#value(depth));
      if (this.#take(",")) continue;
      if (done()) break;
      throw new NoLiteral();
    }
    return items;
  }

  /** One value in parentheses is that value. */
  #tuple(depth: number): unknown {
    if (this.#take(")")) return [];
    const first = this.#value(depth);
    if (this.#take(")")) return first;
    if (!this.#take(",")) throw new NoLiteral();
    return [first, ...this.#items(")", depth)];
  }

  #braces(depth: number): unknown {
    if (this.#take("}")) return {};
    const first = this.#value(depth);
    if (!this.#take(":")) {
      if (this.#take("}")) return [first];
      if (!this.#take(",")) throw new NoLiteral();
      return [first, ...this.#items("}", depth)];
    }
    const pairs: [string, unknown][] = [[toKey(first), this.#value(depth)]];
    while (!this.#take("}")) {
      if (!this.#take(",")) throw new NoLiteral();
      if (this.#take("}")) break;
      const key = toKey(this.#value(depth));
      if (!this.#take(":")) throw new NoLiteral();
      pairs.push([key, this.#value(depth)]);
    }
    return Object.fromEntries(pairs);
  }

  /** Strings that follow each other are one. */
  #strings(): string {
    let text: string | undefined;
    for (let quote = this.#match(QUOTE); quote; quote = this.#match(QUOTE)) {
      text = (text ?? "") + this.#string(quote[2] ?? '"', quote[1]?.toLowerCase() === "r");
      this.#skip();
    }
    if (text === undefined) throw new NoLiteral();
    return text;
  }

  #string(quote: string, raw: boolean): string {
    let text = "";
    while (!this.#text.startsWith(quote, this.#at)) {
      const c = this.#text[this.#at++];
      if (c === undefined) throw new NoLiteral();
      if (c !== "\\") text += c;
      else if (raw) text += c + (this.#text[this.#at++] ?? "");
      else text += this.#escape();
    }
    this.#at += quote.length;
    return text;
  }

  #escape(): string {
    const code = this.#match(
      /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})/y,
    );
    if (code) {
      const point = code[4] === undefined
        ? parseInt(code[1] ?? code[2] ?? code[3] ?? "", 16)
        : parseInt(code[4], 8);
      if (point > 0x10ffff) throw new NoLiteral();
      return String.fromCodePoint(point);
    }
    const c = this.#text[this.#at++] ?? "";
    // Named characters and broken codes: Python knows the one and refuses the other.
    if (/[NxuU]/.test(c)) throw new NoLiteral();
    return ESCAPES[c] ?? `\\${c}`;
  }

  #skip(): void {
    this.#match(SPACE);
  }

  #atEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  #take(token: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match ?? undefined;
  }
}

function toNumber(sign: string, digits: string): number {
  const whole = !/[.eE]/.test(digits) || /^0[xX]/.test(digits);
  if (/__|_$|_\.|\._/.test(digits)) throw new NoLiteral();
  if (whole && /^0[\d_]*[1-9]/.test(digits)) throw new NoLiteral();
  const number = Number(digits.replaceAll("_", ""));
  if (!Number.isFinite(number) || (whole && !Number.isSafeInteger(number))) throw new NoLiteral();
  return sign === "-" ? -number : number;
}

/** Keys of mappings become the strings that JSON would have. */
function toKey(value: unknown): string {
  if (typeof value === "object" && value !== null) throw new NoLiteral();
  return String(value);
}
