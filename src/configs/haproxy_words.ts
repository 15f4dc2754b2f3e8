/**
 * How HAProxy cuts a line into words: quotes, escapes, comments and variables. Pure. Source:
 * HAProxy's configuration manual, 2.2 and 2.3.
 * @module
 */

/** Values of variables, by name. */
export type Environment = ReadonlyMap<string, string>;

/** A word of a line. */
export interface Piece {
  /** As HAProxy takes it. */
  readonly text: string;
  /** Offset of its first character, quotes included. */
  readonly from: number;
  /** Offset behind its last one. */
  readonly to: number;
  /** Variables without a known value; they stay in the text as written. */
  readonly variables: readonly string[];
}

/** A line, cut. */
export interface Cut {
  /** Its words. */
  readonly pieces: readonly Piece[];
  /** Why HAProxy refuses the line, and where; unset: it does not. */
  readonly fault?: { readonly message: string; readonly from: number; readonly to: number };
}

const OUTSIDE =
  /(?<blank>[ \t\v\f][ \t\v\f\r]*)|(?<end>[#\r\0])|(?<weak>")|'(?<strong>[^'\r\0]*)'|\\(?<escape>x[0-9A-Fa-f]{2}|[ \\tnr#'"])|(?<fault>'|\\x)|(?<plain>\\|[^ \t\v\f#\r\0"'\\]+)/y;
const WITHIN =
  /(?<weak>")|\\(?<escape>x[0-9A-Fa-f]{2}|[ \\tnr#'"$])|(?<fault>\\x|\r|\0)|(?<variable>\$)|(?<plain>\\|[^"\\$\r\0]+)/y;
const VARIABLE =
  /\$(?:\{(?<braced>[A-Za-z_]\w*|\.[A-Za-z_]\w*)(?<list>\[\*\])?(?:-(?<preset>[^}]*))?\}|(?<bare>\.?[A-Za-z_]\w*))/y;

const UNCLOSED = "this quote is never closed";

/** Cuts a line without its line feed. A missing end of a quote ends with the line. */
export function cut(line: string, environment: Environment = new Map()): Cut {
  const comment = line.indexOf("#");
  const words = comment === -1 ? line : line.slice(0, comment);
  if (!SPECIAL.test(words)) return { pieces: plainPieces(words) };
  const cutter = new Cutter(line, environment);
  while (cutter.step());
  return cutter.cut();
}

/** What makes a line more than words with blanks between them. */
const SPECIAL = /[\r\0"'\\]/;
const NONE: readonly string[] = [];

/** The words of a text that has blanks between them and nothing else, as most lines have. */
function plainPieces(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < line.length;) {
    if (isBlank(line.charCodeAt(at))) {
      at++;
      continue;
    }
    const from = at;
    while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
    pieces.push({ text: line.slice(from, at), from, variables: NONE, to: at });
  }
  return pieces;
}

/** A space, a tab, or one of the two between them that HAProxy takes as blanks too. */
function isBlank(code: number): boolean {
  return code <= 0x20 && (code === 0x20 || code === 0x09 || code === 0x0b || code === 0x0c);
}

class Cutter {
  readonly #line: string;
  readonly #environment: Environment;
  readonly #pieces: Piece[] = [];
  #at = 0;
  /** Where the open double quote stands; unset: outside of quotes. */
  #quote: number | undefined;
  #word: { text: string; from: number; variables: string[] } | undefined;
  #fault: Cut["fault"];

  constructor(line: string, environment: Environment) {
    this.#line = line;
    this.#environment = environment;
  }

  /** Takes the next bit of the line; false: there is none. */
  step(): boolean {
    const pattern = this.#quote === undefined ? OUTSIDE : WITHIN;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line);
    if (!found?.groups) return this.#ends();
    const { blank, end, weak, strong, escape, fault, variable, plain } = found.groups;
    if (fault === "\\x") return this.#refuse("\\x wants two hexadecimal digits", this.#at);
    if (fault !== undefined) return this.#refuse(UNCLOSED, this.#quote ?? this.#at);
    if (end !== undefined) return this.#ends();
    if (variable !== undefined) return this.#variable();
    if (blank !== undefined) this.#close();
    else this.#add(strong ?? plain ?? (escape === undefined ? "" : unescaped(escape)));
    if (weak !== undefined) this.#quote = this.#quote === undefined ? this.#at : undefined;
    this.#at = pattern.lastIndex;
    return true;
  }

  cut(): Cut {
    return { pieces: this.#pieces, ...(this.#fault && { fault: this.#fault }) };
  }

  #add(text: string): void {
    this.#word ??= { text: "", from: this.#at, variables: [] };
    this.#word.text += text;
  }

  #close(): void {
    if (this.#word) this.#pieces.push({ ...this.#word, to: this.#at });
    this.#word = undefined;
  }

  #ends(): false {
    if (this.#quote !== undefined) return this.#refuse(UNCLOSED, this.#quote);
    this.#close();
    return false;
  }

  #refuse(message: string, from: number): false {
    this.#fault = { message, from, to: this.#line.length };
    this.#at = this.#line.length;
    this.#close();
    return false;
  }

  #variable(): boolean {
    VARIABLE.lastIndex = this.#at;
    const found = VARIABLE.exec(this.#line);
    if (!found?.groups) return this.#refuse("this is no name of a variable", this.#at);
    const { braced, list, preset, bare } = found.groups;
    const name = braced ?? bare ?? "";
    const value = this.#environment.get(name) ?? preset;
    if (value === undefined) {
      this.#add(found[0]);
      this.#word?.variables.push(name);
    } else if (list === undefined) this.#add(value);
    else this.#list(value, VARIABLE.lastIndex);
    this.#at = VARIABLE.lastIndex;
    return true;
  }

  /** A value of several words: each of them is a word of the line, in the place of the variable. */
  #list(value: string, to: number): void {
    const [first = "", ...others] = value.split(/[ \t\v\f]+/);
    this.#add(first);
    for (const text of others) {
      if (this.#word) this.#pieces.push({ ...this.#word, to });
      this.#word = { text, from: this.#at, variables: [] };
    }
  }
}

function unescaped(escape: string): string {
  if (escape.startsWith("x")) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return { t: "\t", n: "\n", r: "\r" }[escape] ?? escape;
}
