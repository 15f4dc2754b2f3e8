/**
 * The words and braces of a line of a keepalived.conf. Pure.
 * @module
 */
import type { Source } from "../model.ts";
import type { PlaceOf } from "./scan.ts";
import { beginOf, endOf, type Text } from "./keepalived_text.ts";
import type { Word } from "./model.ts";

/** A word, or a brace that opens or closes a block. */
export type Token =
  | { readonly kind: "word"; readonly word: Word }
  | { readonly kind: "{" | "}"; readonly source: Source };

/** What takes a command line: quotes of both kinds and escapes as in a shell. */
const COMMANDS = new Set([
  "misc_path",
  "notify",
  "notify_backup",
  "notify_deleted",
  "notify_down",
  "notify_fault",
  "notify_fifo_script",
  "notify_master",
  "notify_master_rx_lower_pri",
  "notify_stop",
  "notify_up",
  "lvs_notify_fifo_script",
  "quorum_down",
  "quorum_up",
  "script",
  "shutdown_script",
  "startup_script",
  "vrrp_notify_fifo_script",
]);

// What was never put in, of a shell or of a template, is a word: Keepalived sees braces there.
const HOLE = String.raw`\$\{[^\s{}]*\}|\{\{[^{}]*\}\}|\{%[^{}]*%\}`;

/** Without a command line a quote begins a word and ends it. */
const PLAIN = new RegExp(String.raw`"[^"]*"?|(?:[^\s{}"$]+|${HOLE}|\$)+|[{}]`, "gy");

const SHELL = new RegExp(
  String
    .raw`(?:[^\s{}"'\\$]+|\\[^]|"(?:\\[^]|[^"\\])*"?|'(?:\\[^]|[^'\\])*'?|${HOLE}|\$|\\$)+|[{}]`,
  "gy",
);

/** The words and braces of a line, each with the place of what it was written as. */
export function wordsOf(line: Text, place: PlaceOf): readonly Token[] {
  const tokens: Token[] = [];
  const { chars } = line;
  let pattern = PLAIN;
  let first = true;
  let at = 0;
  while (at < chars.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(chars)?.[0];
    if (found === undefined) {
      at++;
      continue;
    }
    const end = at + found.length;
    const begin = beginOf(line, at) ?? 0;
    const source = place(begin, Math.max(endOf(line, end - 1) ?? 0, begin + 1));
    at = end;
    if (found === "{" || found === "}") {
      tokens.push({ kind: found, source });
      [pattern, first] = [PLAIN, true];
      continue;
    }
    const text = pattern === SHELL
      ? /["'\\]/.test(found) ? unescaped(found) : found
      : found.includes('"')
      ? found.replace(/^"|"$/g, "")
      : found;
    if (first && COMMANDS.has(text)) pattern = SHELL;
    first = false;
    tokens.push({ kind: "word", word: { text, source } });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** What is left of a word of a command line without its quotes and escapes. */
function unescaped(word: string): string {
  let [text, quote] = ["", ""];
  const pieces = word.matchAll(/\\(?:x([0-9A-Fa-f]+)|([0-7]{1,3})|([^]))|[^]/g);
  for (const [piece, hex, octal, char] of pieces) {
    if (hex !== undefined) text += String.fromCharCode(parseInt(hex, 16) & 0xff);
    else if (octal !== undefined) text += String.fromCharCode(parseInt(octal, 8) & 0xff);
    else if (char !== undefined) text += ESCAPES[char] ?? char;
    else if (piece === quote) quote = "";
    else if (quote === "" && (piece === '"' || piece === "'")) quote = piece;
    else if (piece !== "\\") text += piece;
  }
  return text;
}
