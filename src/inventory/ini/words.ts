/**
 * Splits a line of hosts into words as Python's shlex does for Ansible: blanks separate, quotes and
 * backslashes group, a `#` begins a comment wherever it stands outside of quotes.
 * @module
 */

/** A word of a line. */
export interface Word {
  /** Its text, without the quotes. */
  readonly text: string;
  /** Index of its first character in the line, quotes included. */
  readonly start: number;
  /** Index behind its last character. */
  readonly end: number;
}

/**
 * The words of a line.
 * @throws {SyntaxError} with the reason, as the end of a sentence
 */
export function words(line: string): Word[] {
  const found: Word[] = [];
  let at = 0;
  while (at < line.length && line[at] !== "#") {
    if (/\s/.test(line[at]!)) at++;
    else at = word(line, at, found);
  }
  return found;
}

/** Reads one word and gives the index behind it. */
function word(line: string, start: number, found: Word[]): number {
  let text = "";
  let at = start;
  while (at < line.length && !/[\s#]/.test(line[at]!)) {
    const c = line[at]!;
    if (c === "'" || c === '"') {
      const part = quoted(line, at);
      text += part.text;
      at = part.end;
    } else if (c === "\\") {
      if (at + 1 >= line.length) throw new SyntaxError("it ends with a backslash");
      text += line[at + 1];
      at += 2;
    } else {
      text += c;
      at++;
    }
  }
  found.push({ text, start, end: at });
  // A comment inside a word ends the word, as it does in shlex.
  return line[at] === "#" ? line.length : at;
}

function quoted(line: string, start: number): { text: string; end: number } {
  const quote = line[start]!;
  let text = "";
  for (let at = start + 1; at < line.length; at++) {
    const c = line[at]!;
    if (c === quote) return { text, end: at + 1 };
    // Only double quotes know escapes, and only these two.
    const next = line[at + 1];
    const escapes = c === "\\" && quote === '"' && (next === "\\" || next === '"');
    text += escapes ? line[++at] : c;
  }
  throw new SyntaxError(`the quote ${quote} is not closed`);
}
