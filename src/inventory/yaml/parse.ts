/**
 * YAML text to values that know their place. Refuses what could hurt: too large, too deep, aliases
 * that multiply, duplicate keys. Text only: nothing here reads a file.
 * @module
 */
import { type Document, LineCounter, parseDocument, type YAMLError } from "yaml";
import { quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import { build } from "./build.ts";
import type { Located } from "./located.ts";

/** What a file may hold at most; far above any real inventory. */
export const LIMITS = { bytes: 2 * 1024 * 1024, depth: 64, nodes: 200_000 } as const;

/** How many mistakes of syntax are worth showing: the later ones follow from the first. */
const MAX_SYNTAX_ERRORS = 5;

/**
 * Reads YAML 1.2 (core schema, with `<<` merge keys, which Ansible users write).
 * Reports what is wrong and then returns undefined; an empty document is null.
 */
export function parse(file: string, text: string, report: Report): Located | undefined {
  const start: Source = { file, line: 1, column: 1 };
  if (text.length > LIMITS.bytes) {
    const message = `Cannot read ${quote(file)}: it is larger than ${LIMITS.bytes} bytes`;
    return void report(errorAt(start, "too-large", message));
  }
  const lines = new LineCounter();
  const place = (from: number, to: number): Source => {
    const { line, col } = lines.linePos(from);
    // A caret run stays on its line.
    const end = text.slice(from, to).search(/[\r\n]/);
    const length = Math.max(1, end === -1 ? to - from : end);
    return { file, line: Math.max(1, line), column: Math.max(1, col), length };
  };
  try {
    const document = parseYaml(text, lines);
    if (document.errors.length > 0) {
      document.errors.slice(0, MAX_SYNTAX_ERRORS).forEach((e) => report(syntax(file, e, place)));
      return undefined;
    }
    return build(document, { file, place, report, limits: LIMITS });
  } catch (error) {
    // The composer recurses; a hostile file can exhaust the stack before we count its depth.
    if (!(error instanceof RangeError)) throw error;
    const message = `Cannot read ${quote(file)}: it is nested deeper than ${LIMITS.depth} levels`;
    return void report(errorAt(start, "too-deep", message));
  }
}

function parseYaml(text: string, lineCounter: LineCounter): Document {
  return parseDocument(text, {
    lineCounter,
    version: "1.2",
    schema: "core",
    // Ours names both places.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
}

function syntax(file: string, error: YAMLError, place: (from: number, to: number) => Source) {
  const [from, to] = error.pos;
  const reason = reasonOf(error);
  const hint = error.code === "TAB_AS_INDENT" ? "indent with spaces" : undefined;
  return errorAt(place(from, to), "yaml-syntax", `Cannot read ${quote(file)}: ${reason}`, hint);
}

function reasonOf({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "it holds more than one document";
  // What the parser says when its recursion has used up the stack.
  if (message.includes("call stack")) return `it is nested deeper than ${LIMITS.depth} levels`;
  return message.replace(/\.$/, "");
}
