/**
 * Which of very many values a text may hold, in any of the forms that {@link formsOf} knows: one
 * walk over the text for all of them. What it names has to be looked at closely; what it does not
 * name is not there. Pure.
 * @module
 */

/** Characters that a text can be read as at a place, each with the place behind it. */
type Reading = (text: string, at: number) => readonly (readonly [char: string, next: number])[];

/** Beginnings of words, and the values that are whole where one ends. */
interface Branch {
  readonly next: Map<string, Branch>;
  readonly values: Set<string>;
}

const newBranch = (): Branch => ({ next: new Map(), values: new Set() });

/** Most backslashes that one character may have collected, as in the forms. */
const DEPTH = 8;

/** Letters, digits and signs of ASCII; what else a value holds is written in too many ways. */
const PLAIN = /^[ !-\[\]-~]{4,}$/;

/** Makes the function that names the values that a text may hold. */
export function searcher(values: readonly string[]): (text: string) => readonly string[] {
  const [texts, hexes, codes] = [newBranch(), newBranch(), newBranch()];
  const always: string[] = [];
  for (const value of values) {
    if (!PLAIN.test(value)) {
      always.push(value);
      continue;
    }
    const bytes = new TextEncoder().encode(value);
    plant(texts, value, value);
    plant(hexes, bytes.toHex(), value);
    for (const offset of [0, 1, 2]) plant(codes, certainBase64(bytes, offset), value);
  }
  return (text) => {
    const found = new Set(always);
    for (let at = 0; at < text.length; at++) {
      const char = text.charAt(at);
      // Most characters begin nothing, and are not worth a closer reading.
      if (ESCAPES.has(char)) follow(texts, text, at, asText, found);
      else begin(texts, char, text, at, asText, found);
      begin(hexes, char.toLowerCase(), text, at, asHex, found);
      begin(codes, FOR_URLS[char] ?? char, text, at, asBase64, found);
    }
    return [...found];
  };
}

function plant(root: Branch, word: string, value: string): void {
  let branch = root;
  for (const char of word) {
    const next = branch.next.get(char) ?? newBranch();
    branch.next.set(char, next);
    branch = next;
  }
  branch.values.add(value);
}

/** Characters that may be the beginning of another one. */
const ESCAPES = new Set(["\\", "%", "+", "&", "'"]);

/** The two signs of base64 for URLs, and what they stand for. */
const FOR_URLS: Readonly<Record<string, string>> = { "-": "+", _: "/" };

function begin(
  root: Branch,
  char: string,
  text: string,
  at: number,
  read: Reading,
  found: Set<string>,
): void {
  const branch = root.next.get(char);
  if (branch !== undefined) follow(branch, text, at + 1, read, found);
}

function follow(branch: Branch, text: string, at: number, read: Reading, found: Set<string>): void {
  for (const value of branch.values) found.add(value);
  if (branch.next.size === 0) return;
  for (const [char, next] of read(text, at)) {
    const further = branch.next.get(char);
    if (further !== undefined) follow(further, text, next, read, found);
  }
}

/** The characters of base64 that no neighbor of the bytes has a part in. */
function certainBase64(bytes: Uint8Array, offset: number): string {
  const padded = new Uint8Array(offset + bytes.length);
  padded.set(bytes, offset);
  const [first, end] = [Math.ceil(offset * 8 / 6), Math.floor(padded.length * 8 / 6)];
  return padded.toBase64().slice(first, end);
}

const ESCAPED =
  /u([0-9a-fA-F]{4})|[uU]\{0*([0-9a-fA-F]{1,2})\}|[uU]([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})/y;
const OCTAL = [/([0-7]{3})/y, /0([0-7]{3})/y];
const PERCENT = [/%([0-9a-fA-F]{2})/y, /%25([0-9a-fA-F]{2})/y];
const REFERENCE = /&(?:#0*(\d{1,3})|#[xX]0*([0-9a-fA-F]{1,2})|(amp|lt|gt|quot|apos));/y;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
const REOPENED = [/'\\{1,8}''/y, /'"\\{0,8}'"/y];

/** As a value can be quoted: for a shell, JSON, a URL, XML or C. */
function asText(text: string, at: number): readonly (readonly [string, number])[] {
  let i = at;
  while (i - at < DEPTH && text[i] === "\\") i++;
  const char = text[i];
  if (char === undefined) return [];
  const found: (readonly [string, number])[] = [[char, i + 1]];
  const add = (pattern: RegExp, base: number) => {
    const match = matchAt(pattern, text, i);
    const digits = match?.slice(1).find((it) => it !== undefined);
    if (match === undefined || digits === undefined) return;
    found.push([String.fromCharCode(parseInt(digits, base)), i + match[0].length]);
  };
  if (i > at) {
    if (/[uUx]/.test(char)) add(ESCAPED, 16);
    else if (/[0-7]/.test(char)) OCTAL.forEach((pattern) => add(pattern, 8));
  }
  if (char === "%") PERCENT.forEach((pattern) => add(pattern, 16));
  else if (char === "+") found.push([" ", i + 1]);
  else if (char === "&") found.push(...referenceAt(text, i));
  else if (char === "'") {
    for (const pattern of REOPENED) {
      const match = matchAt(pattern, text, i);
      if (match !== undefined) found.push(["'", i + match[0].length]);
    }
  }
  return found;
}

function referenceAt(text: string, at: number): readonly (readonly [string, number])[] {
  const match = matchAt(REFERENCE, text, at);
  if (match === undefined) return [];
  const [whole, decimal, hex, name = ""] = match;
  const digits = decimal ?? hex;
  const char = digits === undefined
    ? NAMED[name] ?? ""
    : String.fromCharCode(parseInt(digits, decimal === undefined ? 16 : 10));
  return [[char, at + whole.length]];
}

const BETWEEN_HEX = /[\s:,-]{0,12}(?:0x(?=[0-9a-fA-F]{2})|\\{1,8}x)?/y;

/** As digits of bytes; what may stand between two of them is passed over. */
function asHex(text: string, at: number): readonly (readonly [string, number])[] {
  const char = text[at];
  if (char === undefined) return [];
  if (/[0-9a-fA-F]/.test(char)) {
    const own = [char.toLowerCase(), at + 1] as const;
    // A nought may be the first digit of a byte, or of the prefix before one.
    return char === "0" ? [own, ...behind(BETWEEN_HEX, text, at, /[0-9a-fA-F]/)] : [own];
  }
  return behind(BETWEEN_HEX, text, at, /[0-9a-fA-F]/);
}

/** As base64 of either alphabet, which may be broken into lines. */
function asBase64(text: string, at: number): readonly (readonly [string, number])[] {
  const char = text[at];
  if (char === undefined) return [];
  if (/\s/.test(char)) return behind(/\s{1,3}/y, text, at, /[A-Za-z0-9+/_-]/);
  return [[FOR_URLS[char] ?? char, at + 1]];
}

/** The character behind what is passed over, as if it stood here. */
function behind(
  between: RegExp,
  text: string,
  at: number,
  wanted: RegExp,
): readonly (readonly [string, number])[] {
  const match = matchAt(between, text, at);
  const next = at + (match?.[0].length ?? 0);
  const char = text[next];
  if (next === at || char === undefined || !wanted.test(char)) return [];
  return between === BETWEEN_HEX ? asHex(text, next) : asBase64(text, next);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
