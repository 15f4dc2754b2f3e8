/**
 * YAML text to values that know their place. Refuses what could hurt: too large, too deep, aliases
 * that multiply, duplicate keys. Text only: nothing here reads a file.
 * @module
 */
import process from "node:process";
import {
  Composer,
  type CST,
  Document,
  Lexer,
  LineCounter,
  Parser,
  type YAMLError,
  YAMLParseError,
} from "yaml";
import { quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import { build } from "./build.ts";
import type { Located } from "./located.ts";

/** What a file may hold at most; far above any real inventory. */
export const LIMITS = { bytes: 2 * 1024 * 1024, depth: 64, nodes: 200_000 } as const;

/** Blanks, commas, quotes and line breaks are lexemes, too. */
const MAX_LEXEMES = 8 * LIMITS.nodes;

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
    const document = withoutVariables(() => parseYaml(text, lines));
    if (document.errors.length > 0) {
      document.errors.slice(0, MAX_SYNTAX_ERRORS).forEach((e) => report(syntax(file, e, place)));
      return undefined;
    }
    return build(document, { file, place, report, limits: LIMITS });
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    const message = `Cannot read ${quote(file)}: ${error.message}`;
    return void report(errorAt(start, error.code, message));
  }
}

/** Thrown when a limit is passed while the text is still being cut into tokens. */
class TooMuch extends Error {
  readonly code: string;
  constructor(code: string, reason: string) {
    super(reason);
    this.code = code;
  }
}

/**
 * The library looks at two variables for its own debugging, one of them at every token, and asking
 * the system takes longer than the token does. It sees none.
 */
function withoutVariables<Result>(work: () => Result): Result {
  const { env } = process;
  process.env = {};
  try {
    return work();
  } finally {
    process.env = env;
  }
}

function parseYaml(text: string, lineCounter: LineCounter): Document {
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    // Ours names both places.
    uniqueKeys: false,
    logLevel: "error",
  });
  let document: Document | undefined;
  for (const next of composer.compose(tokens(text, lineCounter), true, text.length)) {
    if (!document) document = next as Document;
    else if (document.errors.length === 0) {
      document.errors.push(
        new YAMLParseError(
          [next.range[0], next.range[1]],
          "MULTIPLE_DOCS",
          "more than one document",
        ),
      );
    }
  }
  return document ?? new Document(null);
}

/**
 * What the composer reads, counted on the way: it recurses, and a hostile file would exhaust
 * stack and memory before the tree could be measured.
 */
function* tokens(text: string, lineCounter: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // A nested block is a map and its value on the parser's stack.
    if (parser.stack.length > 2 * LIMITS.depth + 8) {
      throw new TooMuch("too-deep", `it is nested deeper than ${LIMITS.depth} levels`);
    }
    if (++count > MAX_LEXEMES) {
      throw new TooMuch("too-large", `it holds more than ${LIMITS.nodes} values`);
    }
  }
  yield* parser.end();
}

function syntax(file: string, error: YAMLError, place: (from: number, to: number) => Source) {
  const [from, to] = error.pos;
  const reason = reasonOf(error);
  const hint = error.code === "TAB_AS_INDENT" ? "indent with spaces" : undefined;
  return errorAt(place(from, to), "yaml-syntax", `Cannot read ${quote(file)}: ${reason}`, hint);
}

function reasonOf({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return "it holds more than one document";
  return message.replace(/\.$/, "");
}
