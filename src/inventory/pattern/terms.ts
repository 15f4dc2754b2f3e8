/**
 * What a host pattern says, before anybody asks which hosts that means.
 * @module
 */
import type { Source } from "../../model.ts";

/** One part of a pattern. */
export interface Term {
  /** Nothing adds hosts, `&` keeps those alone, `!` takes them away. */
  readonly sign: "" | "&" | "!";
  /** What follows the sign: a name, a wildcard, `~regex`, `@file`. */
  readonly text: string;
  /** Where it stands, if in a file. */
  readonly source?: Source;
}

/** Parentheses and braces separate nothing in a regular expression: `~lb(?:1|2)`, `~lb\d{1,2}`. */
const IN_REGEX = /(?:\\[^]|\[(?:\\[^]|[^\]])*\]|\([^)]*\)|\{[^}]*\}|[^:,\s])+/y;
/** Brackets hold ranges and sets: `lb[0:1]`. */
const IN_NAME = /(?:\[[^\]]*\]|[^:,\s])+/y;

/** The terms of a pattern, which colons, commas and blanks separate. */
export function termsOf(pattern: string): Term[] {
  const terms: Term[] = [];
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const token = /^[&!]?~/.test(rest) ? IN_REGEX : IN_NAME;
    token.lastIndex = at;
    const text = token.exec(pattern)?.[0];
    if (text !== undefined) terms.push(toTerm(text));
    at += text?.length ?? 1;
  }
  return terms;
}

/** The terms of a file: a pattern a line; `#` begins a comment. Each term knows its place. */
export function termsOfFile(file: string, text: string): Term[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, i) => {
    const content = line.replace(/(^|\s)#.*$/, "$1");
    let column = 0;
    return termsOf(content).map((term) => {
      const written = term.sign + term.text;
      column = content.indexOf(written, column);
      const source = { file, line: i + 1, column: column + 1, length: written.length };
      column += written.length;
      return { ...term, source };
    });
  });
}

/** Files that a pattern names. */
export function filesOf(pattern: string): string[] {
  return termsOf(pattern).filter(({ text }) => text.startsWith("@"))
    .map(({ text }) => text.slice(1));
}

function toTerm(text: string): Term {
  const sign = text.startsWith("&") ? "&" : text.startsWith("!") ? "!" : "";
  return { sign, text: text.slice(sign.length) };
}
