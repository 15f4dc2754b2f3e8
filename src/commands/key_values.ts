/**
 * `k=v k2="v 2"`, as Ansible reads it from `--extra-vars`. Text only.
 * @module
 */

/** A pair, and where its two sides begin in the text. */
export interface KeyValue {
  /** What stands before the first `=`. */
  readonly key: string;
  /** The value, without the quotes around it, its escapes undone. */
  readonly value: string;
  /** Offset of the key. */
  readonly keyAt: number;
  /** Offset of the value as it was typed, and its length. */
  readonly valueAt: number;
  /** Length of the value as it was typed. */
  readonly valueLength: number;
}

/** A word that is no pair. */
export interface NoPair {
  /** Why, as the end of a sentence. */
  readonly problem: string;
  /** The word. */
  readonly word: string;
  /** Its offset. */
  readonly at: number;
}

/** A word: blanks separate, quotes group, a backslash makes the next character harmless. */
const WORD = /(?:\\[^]|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[^\s"'\\])+/y;
const ESCAPE = /\\(?:U([0-9A-Fa-f]{8})|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\\'"abfnrtv]))/g;
const SHORT: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The pairs of a text, and the words that are none, in order. */
export function keyValues(text: string): readonly (KeyValue | NoPair)[] {
  const found: (KeyValue | NoPair)[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] ?? "")) {
      at++;
      continue;
    }
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    const rest = text.slice(at + (word?.length ?? 0));
    if (word === undefined || /^\S/.test(rest)) {
      // Where a quote opens nothing more can be told apart.
      const problem = rest.startsWith("\\") ? "it ends with a backslash" : "a quote is not closed";
      return [...found, { problem, word: text.slice(at), at }];
    }
    found.push(pair(word, at));
    at += word.length;
  }
  return found;
}

function pair(word: string, at: number): KeyValue | NoPair {
  const equals = word.indexOf("=");
  if (equals < 1) return { problem: 'expected k=v, {"k": "v"} or @file', word, at };
  const key = word.slice(0, equals);
  if (!isName(key)) return { problem: NAME, word: key, at };
  const raw = word.slice(equals + 1);
  const value = unquoted(raw);
  if (value === undefined) {
    return { problem: "its quotes end before it does; write {k: v}", word: key, at };
  }
  return {
    key,
    value: value.replaceAll(ESCAPE, unescape),
    keyAt: at,
    valueAt: at + equals + 1,
    valueLength: raw.length,
  };
}

/** What a name of a variable is, for messages. */
export const NAME = "a variable is a name of letters, digits and underscores";

/** Whether something may be the name of a variable, as Ansible sees it. */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** Quotes around all of it are not part of it, those inside are: `a=--x="y z"`. */
function unquoted(raw: string): string | undefined {
  const [quote] = raw;
  if (quote !== '"' && quote !== "'") return raw;
  const end = /^(["'])(?:\\[^]|(?!\1)[^\\])*\1/.exec(raw)?.[0].length ?? 0;
  return end === raw.length ? raw.slice(1, -1) : undefined;
}

function unescape(_: string, long?: string, middle?: string, short?: string, one?: string): string {
  const code = long ?? middle ?? short;
  if (code === undefined) return SHORT[one ?? ""] ?? one ?? "";
  const point = parseInt(code, 16);
  return point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point);
}
