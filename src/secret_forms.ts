/**
 * How a value looks in text: as it is, and as the encodings write it that programs and people use.
 * Pure.
 * @module
 */

/** Most backslashes that one character may have collected: quoted for a shell inside JSON inside JSON. */
const DEPTH = 8;

const NAMED: Readonly<Record<string, string>> = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
};

/**
 * Text of a regular expression that finds a value, however it is written: plain; quoted for a shell,
 * JSON, a URL, XML or C; in hexadecimal; in base64 of either alphabet, wherever in the encoded bytes
 * it stands, and whatever follows it there, such as a line break.
 *
 * @example
 * ```ts
 * import { formsOf } from "./secret_forms.ts";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch("user%3Ap%40ss", new RegExp(formsOf("p@ss")));
 * assertMatch(btoa("user:p@ss\n"), new RegExp(formsOf("p@ss")));
 * ```
 */
export function formsOf(value: string): string {
  const bytes = new TextEncoder().encode(value);
  const base64 = [0, 1, 2].map((offset) => base64Form(bytes, offset));
  return [textForm(value), hexForm(bytes), ...base64].join("|");
}

/**
 * The part of {@link formsOf} for text that can be read: plain, or escaped character by character,
 * each in a way of its own.
 */
export function textForm(value: string): string {
  // A run of backslashes is one part: were each allowed to grow, matching could take forever.
  const parts = value.match(/\\+|[^\\]/gu) ?? [];
  return parts.map((part, i) => {
    if (part.startsWith("\\")) return backslashes(part.length);
    const after = parts[i - 1]?.startsWith("\\") === true;
    return characterForm(part, after ? "" : `\\\\{0,${DEPTH}}`);
  }).join("");
}

function backslashes(count: number): string {
  const escaped = `\\\\{${count},${count * DEPTH}}`;
  return `(?:${escaped}|(?:${codes("\\")}){${count}})`;
}

function characterForm(char: string, prefix: string): string {
  const literal = prefix + literally(char);
  // A quote inside quotes of a shell: closed, quoted on its own, opened again.
  if (char === "'") {
    return `(?:${literal}(?:\\\\{1,${DEPTH}}''|"\\\\{0,${DEPTH}}'"')?|${codes(char)})`;
  }
  const short = { "\n": "n", "\t": "t", "\r": "r" }[char];
  const letter = short === undefined ? "" : `|\\\\{1,${DEPTH}}${short}`;
  return `(?:${literal}|${char === " " ? "\\+|" : ""}${codes(char)}${letter})`;
}

/** A character by its number: percent, `\u`, `\x`, octal, and the references of XML. */
function codes(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  const bytes = [...new TextEncoder().encode(char)];
  const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
  const slash = `\\\\{1,${DEPTH}}`;
  const each = (numbers: readonly number[], form: (number: number) => string) =>
    numbers.map(form).join("");
  return [
    each(bytes, (byte) => `%(?:25)?${hex(byte, 2)}`),
    each(units, (unit) => `${slash}u${hex(unit, 4)}`),
    each(bytes, (byte) => `${slash}x${hex(byte, 2)}`),
    each(bytes, (byte) => `${slash}0?${byte.toString(8).padStart(3, "0")}`),
    `${slash}[uU](?:\\{0*${hex(point, 1)}\\}|${hex(point, 8)})`,
    `&#(?:0*${point}|[xX]0*${hex(point, 1)});`,
    ...(NAMED[char] === undefined ? [] : [`&${NAMED[char]};`]),
  ].join("|");
}

/** Bytes in hexadecimal, as `od` and others space them and break them into lines. */
function hexForm(bytes: Uint8Array): string {
  return [...bytes].map((byte) => hex(byte, 2)).join(
    `[\\s:,-]{0,12}(?:0x|\\\\{1,${DEPTH}}x)?`,
  );
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Base64 of bytes that stand `offset` bytes behind a group of three. The first and the last character
 * hold bits of the neighbors too: any of those that agree in our bits is meant.
 */
function base64Form(bytes: Uint8Array, offset: number): string {
  const [from, to] = [offset * 8, (offset + bytes.length) * 8];
  const bit = (at: number) => (bytes[Math.floor(at / 8) - offset] ?? 0) >> (7 - at % 8) & 1;
  const places: number[][] = [];
  for (let at = from - from % 6; at < to; at += 6) {
    const fits = (letter: number) =>
      [0, 1, 2, 3, 4, 5].every((i) =>
        at + i < from || at + i >= to || (letter >> (5 - i) & 1) === bit(at + i)
      );
    places.push(Array.from({ length: 64 }, (_, letter) => letter).filter(fits));
  }
  // Where enough characters are certain, the others may have been cut off.
  const certain = places.filter(({ length }) => length === 1).length;
  const forms = places.map((letters) =>
    `[${letters.map(letterForm).join("")}]${letters.length > 1 && certain > 5 ? "?" : ""}`
  );
  // Long base64 is broken into lines.
  return `${forms.join("\\s{0,3}")}={0,2}`;
}

/** A letter of either alphabet, inside a character class. */
function letterForm(letter: number): string {
  if (letter === 62) return "+\\-";
  return letter === 63 ? "/_" : ALPHABET.charAt(letter);
}

function hex(number: number, digits: number): string {
  return [...number.toString(16).padStart(digits, "0")]
    .map((digit) => /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit).join("");
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
