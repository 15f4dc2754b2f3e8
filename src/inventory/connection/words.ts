/**
 * Splits a line into words as a POSIX shell would, without ever expanding anything.
 * @module
 */

/** What ends or expands something in a shell; quoted it is text, except `$` and the backtick. */
const OPERATORS = ";|&<>()";

/**
 * The words of a line: blanks separate, quotes and backslashes group.
 * @throws {SyntaxError} with the reason, as the end of a sentence: an open quote, a backslash at
 * the end, anything that a shell would expand or run
 */
export function words(line: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    refuse(c);
    if (c === " " || c === "\t") {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else if (c === "'" || c === '"') {
      const quoted = c === "'" ? single(line, i + 1) : double(line, i + 1);
      word = (word ?? "") + quoted.text;
      i = quoted.end;
    } else if (c === "\\") {
      const next = line[++i];
      if (next === undefined) throw new SyntaxError("it ends with a backslash");
      refuse(next);
      word = (word ?? "") + next;
    } else if (OPERATORS.includes(c)) {
      throw new SyntaxError(`"${c}" must stand in quotes`);
    } else word = (word ?? "") + c;
  }
  return word === undefined ? found : [...found, word];
}

interface Quoted {
  /** What stands between the quotes. */
  readonly text: string;
  /** Index of the closing quote. */
  readonly end: number;
}

function single(line: string, start: number): Quoted {
  const end = line.indexOf("'", start);
  if (end === -1) throw new SyntaxError("a quote is not closed");
  const text = line.slice(start, end);
  for (const c of text) refuse(c);
  return { text, end };
}

function double(line: string, start: number): Quoted {
  let text = "";
  for (let i = start; i < line.length; i++) {
    const c = line[i]!;
    if (c === '"') return { text, end: i };
    refuse(c);
    // Inside double quotes a backslash is itself, unless what follows means something there.
    if (c === "\\" && '"\\'.includes(line[i + 1] ?? " ")) text += line[++i];
    else text += c;
  }
  throw new SyntaxError("a quote is not closed");
}

/** No expansion, not even in quotes: ssh itself expands `${NAME}` in some options. */
function refuse(c: string): void {
  if (c === "$" || c === "`") throw new SyntaxError(`"${c}" is not expanded`);
  if (c !== "\t" && /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(c)) {
    throw new SyntaxError("it holds a control character");
  }
}
