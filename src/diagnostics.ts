/**
 * Turns diagnostics into text for people. Text only: nothing here reads, prints or paints.
 * @module
 */
import type { Diagnostic, Source } from "./model.ts";
import { printableLine } from "./terminal.ts";

/** Lines longer than this are shown as a window around the caret. */
const MAX_LINE = 160;

/** Shows a diagnostic: its place and message, the source line with a caret run, the hint. */
export function formatDiagnostic(d: Diagnostic, sourceText?: string | undefined): string {
  const place = d.source
    ? `${printableLine(d.source.file)}:${d.source.line}:${d.source.column}: `
    : "";
  const severity = d.severity === "error" ? "" : `${d.severity}: `;
  // A message may have lines of its own; what it quotes from a file has none.
  const message = d.message.split("\n").map(printableLine).join("\n");
  const lines = [`${place}${severity}${message} [${d.code}]`];
  if (d.source && sourceText !== undefined) lines.push(...excerpt(d.source, sourceText));
  if (d.hint !== undefined) lines.push(`   hint: ${printableLine(d.hint)}`);
  return lines.join("\n");
}

/** More than a person reads: a file that is something else has a mistake in every line. */
const MOST = 50;

/** Shows many diagnostics, one after the other, with the source lines that are at hand. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources?: ReadonlyMap<string, string>,
): string {
  const shown = diagnostics.slice(0, MOST)
    .map((d) => formatDiagnostic(d, d.source && sources?.get(d.source.file)));
  const more = diagnostics.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more like these`])].join("\n");
}

/** The candidate that was probably meant, if one is near enough to be worth saying. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  // A third of the word may be wrong: `adress` finds `address`, `x` finds nothing.
  let limit = Math.min(3, Math.floor((wanted.length + 1) / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance >= limit || candidate === word) continue;
    best = candidate;
    limit = distance;
  }
  return best;
}

/** Text in double quotes, shortened, with everything escaped that could confuse a reader. */
export function quote(text: string, max = 60): string {
  const short = text.length > max ? `${text.slice(0, max)}…` : text;
  return printableLine(JSON.stringify(short));
}

/** How many letters to insert, remove, replace or swap with a neighbor until `a` is `b`. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** The source line and the caret run below it. */
function excerpt(source: Source, text: string): string[] {
  const line = linesOf(text)[source.line - 1];
  if (line === undefined) return [];
  const start = Math.max(0, source.column - 1);
  const from = line.length > MAX_LINE ? Math.max(0, start - 40) : 0;
  const shown = line.slice(from, from + MAX_LINE);
  const room = Math.max(1, shown.length - (start - from));
  const carets = "^".repeat(Math.max(1, Math.min(source.length ?? 1, room)));
  // Tabs stay tabs, so that the caret stands below its character.
  const indent = shown.slice(0, start - from).replace(/[^\t]/g, " ").padEnd(start - from);
  const gutter = String(source.line).padStart(5);
  // One character for one, so that columns keep their meaning.
  const safe = shown.replace(HIDDEN_BUT_TAB, "\uFFFD");
  return [`${gutter} | ${safe}`, `${" ".repeat(gutter.length)} | ${indent}${carets}`];
}

// Thousands of places in one large file are shown one after the other.
let cut: { readonly text: string; readonly lines: readonly string[] } | undefined;

function linesOf(text: string): readonly string[] {
  if (cut?.text !== text) cut = { text, lines: text.split(/\r\n|\n|\r/) };
  return cut.lines;
}

const HIDDEN_BUT_TAB = /[^\P{C}\t]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
