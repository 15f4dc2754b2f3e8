/**
 * Python literals, as Ansible reads the values of INI inventories: what is one has its type, and
 * everything else is the string that was typed.
 * @module
 */

import type { Source } from "../../model.ts";
import { type Entry, listOf, type Located, mapOf } from "../yaml/located.ts";

/** Gives the place of a part of the text. */
export type Place = (from: number, to: number) => Source | undefined;

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
 * The value of a Python literal, every part with its place, or undefined where the text is none.
 * Tuples and sets are lists.
 *
 * @example
 * ```ts
 * import { literal } from "./literal.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(literal("{'a': [1, True]}")?.value, { a: [1, true] });
 * assertEquals(literal("10.0.0.1"), undefined);
 * ```
 */
export function literal(text: string, place: Place = () => undefined): Located | undefined {
  if (text.length > MAX_LENGTH || !/^[\s\w+.({["'-]/.test(text)) return undefined;
  try {
    return new Reader(text, place).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  readonly #place: Place;
  #at = 0;

  constructor(text: string, place: Place) {
    this.#text = text;
    this.#place = place;
  }

  whole(): Located {
    const first = this.#value(0);
    if (!this.#take(",")) return this.#end(first);
    // Commas outside of brackets make a tuple.
    return this.#end(this.#list(0, [first, ...this.#items(undefined, 0)]));
  }

  #end<T>(value: T): T {
    this.#skip();
    if (this.#at < this.#text.length) throw new NoLiteral();
    return value;
  }

  #value(depth: number): Located {
    if (depth > MAX_DEPTH) throw new NoLiteral();
    this.#skip();
    const start = this.#at;
    if (this.#take("[")) return this.#list(start, this.#items("]", depth + 1));
    if (this.#take("(")) return this.#tuple(start, depth + 1);
    if (this.#take("{")) return this.#braces(start, depth + 1);
    const word = this.#match(WORD)?.[1];
    if (word !== undefined) return this.#scalar(start, WORDS[word]);
    const number = this.#match(NUMBER);
    if (number) return this.#scalar(start, toNumber(number[1] ?? "", number[2] ?? ""));
    return this.#strings(start);
  }

  #scalar(start: number, value: unknown, end = this.#at): Located {
    const text = typeof value === "string" ? value : this.#text.slice(start, end);
    return { kind: "scalar", source: this.#place(start, end), value, text };
  }

  #list(start: number, items: readonly Located[]): Located {
    return listOf(this.#place(start, this.#at), items);
  }

  /** Items up to a closing bracket, a comma after the last one allowed. */
  #items(close: string | undefined, depth: number): Located[] {
    const items: Located[] = [];
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
  #tuple(start: number, depth: number): Located {
    if (this.#take(")")) return this.#list(start, []);
    const first = this.#value(depth);
    if (this.#take(")")) return first;
    if (!this.#take(",")) throw new NoLiteral();
    return this.#list(start, [first, ...this.#items(")", depth)]);
  }

  #braces(start: number, depth: number): Located {
    const entries = new Map<string, Entry>();
    while (!this.#take("}")) {
      const key = this.#value(depth);
      if (!this.#take(":")) {
        if (entries.size > 0) throw new NoLiteral();
        return this.#set(start, key, depth);
      }
      entries.set(toKey(key.value), { keySource: key.source, node: this.#value(depth) });
      if (this.#take(",")) continue;
      if (this.#take("}")) break;
      throw new NoLiteral();
    }
    return mapOf(this.#place(start, this.#at), entries);
  }

  #set(start: number, first: Located, depth: number): Located {
    if (this.#take("}")) return this.#list(start, [first]);
    if (!this.#take(",")) throw new NoLiteral();
    return this.#list(start, [first, ...this.#items("}", depth)]);
  }

  /** Strings that follow each other are one. */
  #strings(start: number): Located {
    let text: string | undefined;
    let end = start;
    for (let quote = this.#match(QUOTE); quote; quote = this.#match(QUOTE)) {
      text = (text ?? "") + this.#string(quote[2] ?? '"', quote[1]?.toLowerCase() === "r");
      end = this.#at;
      this.#skip();
    }
    if (text === undefined) throw new NoLiteral();
    return this.#scalar(start, text, end);
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
