/**
 * JSON text to values that know their place. Reads in one pass, refuses what is too deep, and takes
 * no key twice. Text only: nothing here reads a file.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { bothOf, type Entry, listOf, type Located, mapOf } from "../yaml/located.ts";

/** Deeper values were not meant. */
const MAX_DEPTH = 64;

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
const SPACE = /[ \t\r]*/y;
const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** Thrown to leave the recursion; caught in this file. */
class Unreadable extends Error {
  readonly code: string;
  constructor(code: string, reason: string) {
    super(reason);
    this.code = code;
  }
}

/**
 * Reads JSON. Reports what is wrong and then returns undefined, except for a key that stands twice:
 * both values are looked at further.
 */
export function parseJson(file: string, text: string, report: Report): Located | undefined {
  const reader = new Reader(file, text);
  try {
    const value = reader.whole();
    reader.duplicates.forEach(report);
    return value;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const message = `Cannot read ${quote(file)}: ${error.message}`;
    return void report(errorAt(reader.place(), error.code, message));
  }
}

class Reader {
  readonly duplicates: ReturnType<typeof errorAt>[] = [];
  readonly #joined = new WeakSet<Entry>();
  readonly #file: string;
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  whole(): Located {
    this.#skip();
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("expected nothing behind the value");
    return value;
  }

  /** Where the reader stands; one line, as strings hold no line breaks. */
  place(length = 1): Source {
    const column = this.#at - this.#lineStart + 1;
    return { file: this.#file, line: this.#line, column, length };
  }

  #value(depth: number): Located {
    if (depth > MAX_DEPTH) {
      throw new Unreadable("too-deep", `it is nested deeper than ${MAX_DEPTH} levels`);
    }
    const c = this.#text[this.#at];
    if (c === "{") return this.#map(depth);
    if (c === "[") return this.#list(depth);
    if (c === '"') {
      const { value, source } = this.#string();
      return { kind: "scalar", source, value, text: value };
    }
    ATOM.lastIndex = this.#at;
    const text = ATOM.exec(this.#text)?.[0];
    if (text === undefined) this.#fail(`expected a value, found ${this.#found()}`);
    const source = this.place(text.length);
    this.#at += text.length;
    const value = Object.hasOwn(WORDS, text) ? WORDS[text] : Number(text);
    return { kind: "scalar", source, value, text };
  }

  #list(depth: number): Located {
    const source = this.place();
    const items: Located[] = [];
    this.#at++;
    this.#skip();
    if (this.#took("]")) return listOf(source, items);
    do {
      this.#skip();
      items.push(this.#value(depth + 1));
      this.#skip();
    } while (this.#took(","));
    if (!this.#took("]")) this.#fail(`expected "," or "]", found ${this.#found()}`);
    return listOf(source, items);
  }

  #map(depth: number): Located {
    const source = this.place();
    const entries = new Map<string, Entry>();
    this.#at++;
    this.#skip();
    if (this.#took("}")) return mapOf(source, entries);
    do {
      this.#skip();
      this.#entry(entries, depth);
      this.#skip();
    } while (this.#took(","));
    if (!this.#took("}")) this.#fail(`expected "," or "}", found ${this.#found()}`);
    return mapOf(source, entries);
  }

  #entry(entries: Map<string, Entry>, depth: number): void {
    if (this.#text[this.#at] !== '"') this.#fail(`expected a key, found ${this.#found()}`);
    const { value: key, source: keySource } = this.#string();
    this.#skip();
    if (!this.#took(":")) this.#fail(`expected ":", found ${this.#found()}`);
    this.#skip();
    const node = this.#value(depth + 1);
    const first = entries.get(key);
    if (!first) return void entries.set(key, { keySource, node });
    const message = `Cannot use key ${quote(key)} twice: it stands at ` +
      `${placeOf(first.keySource)} already`;
    // Once: a key that stands there a thousand times is not worth copying what it holds.
    if (!this.#joined.has(first)) {
      const joined = { ...first, node: bothOf(first.node, node) };
      this.#joined.add(joined);
      entries.set(key, joined);
    }
    this.duplicates.push(errorAt(keySource, "duplicate-key", message));
  }

  #string(): { value: string; source: Source } {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    if (end >= this.#text.length) this.#fail("a string is not closed");
    const raw = this.#text.slice(this.#at, end + 1);
    const source = this.place(raw.length);
    try {
      const value: string = JSON.parse(raw);
      this.#at += raw.length;
      return { value, source };
    } catch {
      this.#fail("a string holds an escape or a control character that JSON does not have");
    }
  }

  #skip(): void {
    for (;;) {
      SPACE.lastIndex = this.#at;
      SPACE.exec(this.#text);
      this.#at = SPACE.lastIndex;
      if (this.#text[this.#at] !== "\n") return;
      this.#at++;
      this.#line++;
      this.#lineStart = this.#at;
    }
  }

  #took(token: string): boolean {
    if (this.#text[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #found(): string {
    const word = this.#text.slice(this.#at, this.#at + 20).split(/[\s,]/)[0] ?? "";
    return this.#at >= this.#text.length ? "the end" : quote(word);
  }

  #fail(reason: string): never {
    throw new Unreadable("json-syntax", reason);
  }
}
