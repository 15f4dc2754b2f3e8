/**
 * Host ranges as Ansible writes them: `lb[1:3]`, `lb[01:20]`, `lb[a:c]`, `lb[1:9:2]`.
 * @module
 */

/** How many names one range may stand for. */
const MAX_NAMES = 10_000;

const RANGE = /\[(?<from>\d*|[A-Za-z]):(?<to>\d+|[A-Za-z])(?::(?<step>\d+))?\]/;
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * The names that a pattern stands for, both ends included; a name without a range stands for
 * itself. Several ranges in one name multiply.
 * @throws {RangeError} with the reason, as the end of a sentence
 */
export function expandRange(pattern: string): string[] {
  const names: string[] = [];
  expand(pattern, names);
  return names;
}

function expand(pattern: string, names: string[]): void {
  const match = RANGE.exec(pattern);
  if (!match?.groups) {
    if (/[[\]]/.test(pattern)) throw new RangeError('a range is written "[1:3]" or "[a:c]"');
    if (names.length >= MAX_NAMES) throw tooMany();
    names.push(pattern);
    return;
  }
  const { from = "", to = "", step = "1" } = match.groups;
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  for (const item of items(from || "0", to, Number(step))) expand(before + item + after, names);
}

/** The items of one range. */
function items(from: string, to: string, step: number): string[] {
  const letters = /^[A-Za-z]$/;
  if (letters.test(from) !== letters.test(to)) {
    throw new RangeError("both ends must be numbers or both must be letters");
  }
  if (step < 1) throw new RangeError("the step must be 1 or more");
  if (letters.test(from)) {
    return count(LETTERS.indexOf(from), LETTERS.indexOf(to), step).map((i) => LETTERS[i]!);
  }
  // A leading zero asks for a fixed width, which both ends then must have.
  const padded = from.length > 1 && from.startsWith("0");
  if (padded && from.length !== to.length) {
    throw new RangeError(`"${from}" and "${to}" must have the same width`);
  }
  return count(Number(from), Number(to), step)
    .map((i) => padded ? String(i).padStart(from.length, "0") : String(i));
}

function count(first: number, last: number, step: number): number[] {
  if (first > last) throw new RangeError("the first end must not be after the second");
  const length = Math.floor((last - first) / step) + 1;
  if (length > MAX_NAMES) throw tooMany();
  return Array.from({ length }, (_, i) => first + i * step);
}

function tooMany(): RangeError {
  return new RangeError(`it stands for more than ${MAX_NAMES} names`);
}
