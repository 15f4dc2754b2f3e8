/**
 * The sections, lines and words of a haproxy.cfg, ours or any other, each with its place. Pure.
 * @module
 */
import type { Diagnostic, Source } from "../model.ts";
import { cut, type Piece } from "./haproxy_words.ts";
import type { HaproxyFile, Line, Section, Word } from "./model.ts";
import { type PlaceOf, placesIn } from "./scan.ts";

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
  "namespace_list",
  "peers",
  "program",
  "resolvers",
  "ring",
  "spoe-agent",
  "spoe-group",
  "spoe-message",
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
  return parseHaproxyFiles([{ file, text }]);
}

/**
 * Reads several files as HAProxy reads them, one after the other: variables, defaults and sections
 * of the first ones hold for those that follow. `file` and `text` are those of the first, `more` has
 * the others.
 */
export function parseHaproxyFiles(
  files: readonly { readonly file: string; readonly text: string }[],
): HaproxyFile {
  const reader = new Reader();
  for (const { file, text } of files) reader.read(file, text);
  const [{ file, text } = { file: "haproxy.cfg", text: "" }, ...more] = files;
  const { sections, problems } = reader;
  return { file, text, ...(more.length > 0 && { more }), sections, problems };
}

class Reader {
  readonly problems: Diagnostic[] = [];
  readonly sections: (Section & { readonly lines: Line[] })[] = [];
  /** What setenv and presetenv of the files say. */
  readonly #environment = new Map<string, string>();
  /** The `.if` that are open. */
  readonly #conditions: Source[] = [];
  #section: (Section & { readonly lines: Line[] }) | undefined;

  read(file: string, text: string): void {
    // A file ends the section and the conditions of the one before it.
    this.#section = undefined;
    const place = placesIn(file, text);
    let offset = 0;
    for (const line of text.split("\n")) {
      this.#line(line, offset, place);
      offset += line.length + 1;
    }
    for (const source of this.#conditions.splice(0)) {
      this.#problem("this .if is never closed: an .endif is missing", source);
    }
  }

  #line(line: string, offset: number, place: PlaceOf): void {
    // A line in brackets limits what follows to programs of another name than HAProxy's.
    if (/^[ \t\v\f]*\[/.test(line)) return;
    const { pieces, fault } = cut(line, this.#environment);
    const at = ({ from, to }: { from: number; to: number }) => place(offset + from, offset + to);
    if (fault) this.#problem(fault.message, at(fault));
    const words = pieces.map((piece) => word(piece, at(piece)));
    const [first, second] = words;
    // An empty first word makes a line empty.
    if (!first || first.text === "") return;
    if (first.text.startsWith(".")) return this.#condition(first);
    const conditional = this.#conditions.length > 0 ? { conditional: true as const } : {};
    if (SECTIONS.has(first.text)) {
      const name = second?.text === "from" ? "" : second?.text ?? "";
      this.#section = { kind: first.text, name, head: { words, ...conditional }, lines: [] };
      this.sections.push(this.#section);
    } else if (this.#section) {
      this.#section.lines.push({ words, ...conditional });
      if (this.#conditions.length === 0) this.#remember(words);
    } else {
      const message = `Cannot place "${first.text}": no section such as global stands above it`;
      this.problems.push(unreadable(message, first.source));
    }
  }

  /** Conditions choose between lines: all of them are looked at. */
  #condition({ text, source }: Word): void {
    if (text === ".if") this.#conditions.push(source);
    else if (this.#conditions.length === 0 && [".elif", ".else", ".endif"].includes(text)) {
      this.#problem(`no .if is open that this ${text} could belong to`, source);
    } else if (text === ".endif") this.#conditions.pop();
  }

  #remember([keyword, name, value]: readonly Word[]): void {
    if (this.#section?.kind !== "global" || !name) return;
    if (keyword?.text === "unsetenv") this.#environment.delete(name.text);
    if (keyword?.text !== "setenv" && keyword?.text !== "presetenv") return;
    // A value that is made of what nobody knows is not known either.
    if (!value || value.variables) this.#environment.delete(name.text);
    else this.#environment.set(name.text, value.text);
  }

  #problem(why: string, source: Source): void {
    this.problems.push(unreadable(`HAProxy does not start with this file: ${why}`, source));
  }
}

function word({ text, variables }: Piece, source: Source): Word {
  return { text, source, ...(variables.length > 0 && { variables }) };
}

function unreadable(message: string, source: Source): Diagnostic {
  return { severity: "error", code: "unreadable-config", message, source };
}
