/**
 * The sections, lines and words of a haproxy.cfg, ours or any other, each with its place. Pure.
 * @module
 */
import type { Diagnostic } from "../model.ts";
import type { HaproxyFile, Line, Section, Word } from "./model.ts";
import { placesIn } from "./scan.ts";

const SECTIONS = new Set([
  "acme",
  "backend",
  "cache",
  "crt-store",
  "defaults",
  "fcgi-app",
  "frontend",
  "global",
  "healthcheck",
  "http-errors",
  "listen",
  "log-forward",
  "log-profile",
  "mailers",
  "peers",
  "program",
  "resolvers",
  "ring",
  "traces",
  "userlist",
]);

/**
 * Reads a haproxy.cfg. It never fails: what is wrong with the text as a whole is in `problems`,
 * and what there is counts all the same.
 *
 * @example
 * ```ts
 * import { parseHaproxy } from "./haproxy.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { sections: [backend] } = parseHaproxy("backend api\n  server m1 10.0.0.21:6443 check # it");
 * assertEquals(backend?.name, "api");
 * assertEquals(backend?.lines[0]?.words.map((it) => it.text), [
 *   "server", "m1", "10.0.0.21:6443", "check",
 * ]);
 * ```
 */
export function parseHaproxy(text: string, file = "haproxy.cfg"): HaproxyFile {
  const problems: Diagnostic[] = [];
  const sections: (Section & { readonly lines: Line[] })[] = [];
  for (const words of lines(text, file)) {
    const [first, second] = words;
    // Conditions (.if, .else) choose between lines: all of them are looked at.
    if (!first || first.text.startsWith(".")) continue;
    if (SECTIONS.has(first.text)) {
      const name = second?.text === "from" ? "" : second?.text ?? "";
      sections.push({ kind: first.text, name, head: { words }, lines: [] });
    } else if (sections.length > 0) sections.at(-1)?.lines.push({ words });
    else {
      const message = `Cannot place "${first.text}": no section such as global stands above it`;
      problems.push({
        severity: "error",
        code: "unreadable-config",
        message,
        source: first.source,
      });
    }
  }
  return { file, text, sections, problems };
}

function* lines(text: string, file: string): Generator<readonly Word[]> {
  const place = placesIn(file, text);
  let offset = 0;
  for (const line of text.split("\n")) {
    const words: Word[] = [];
    // Quotes and escapes are part of the word that they stand in; a "#" begins a comment anywhere.
    const piece = /#.*|(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s#"'\\])+/g;
    for (const { 0: found, index } of line.matchAll(piece)) {
      if (found.startsWith("#")) continue;
      const from = offset + index;
      words.push({ text: plain(found), source: place(from, from + found.length) });
    }
    yield words;
    offset += line.length + 1;
  }
}

/** What is left of a word without its quotes and escapes. */
function plain(word: string): string {
  return word.replace(
    /'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.)/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\(.)/g, "$1") ?? escaped ?? "",
  );
}
