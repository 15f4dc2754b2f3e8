/**
 * Bytes: read from a stream, and as text that loses nothing though it need not be UTF-8. Pure.
 * @module
 */

// Every sequence that is UTF-8, and any other byte alone; over bytes taken for Latin-1.
const PARTS =
  /[^\x80-\xff]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/**
 * Reads bytes as UTF-8. A byte that is none becomes a lone surrogate, U+DC80 to U+DCFF, which no
 * UTF-8 can hold: `toBytes` gives the same bytes back.
 *
 * @example
 * ```ts
 * import { fromBytes, toBytes } from "./bytes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fromBytes(new Uint8Array([0x41, 0xe4])), "A\udce4");
 * assertEquals(toBytes("A\udce4"), new Uint8Array([0x41, 0xe4]));
 * ```
 */
export function fromBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return latin1.replaceAll(PARTS, (part) => {
      if (part.length === 1 && part >= "\x80") {
        return String.fromCharCode(0xdc00 + part.charCodeAt(0));
      }
      const own = Uint8Array.from(part, (char) => char.charCodeAt(0));
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(own);
    });
  }
}

/** The bytes of text, those that `fromBytes` could not read included. */
export function toBytes(text: string): Uint8Array {
  const parts = text.split(/([\udc80-\udcff])/u).map((part, i) =>
    // Every second part is one that the expression found.
    i % 2 === 1 ? new Uint8Array([part.charCodeAt(0) - 0xdc00]) : new TextEncoder().encode(part)
  );
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads a stream to its end; `keep` says after each piece what is kept so far. */
export async function take(
  stream: ReadableStream<Uint8Array>,
  keep: (bytes: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array();
  for await (const piece of stream) {
    const both = new Uint8Array(bytes.length + piece.length);
    both.set(bytes);
    both.set(piece, bytes.length);
    bytes = keep(both);
  }
  return bytes;
}
