/**
 * Keeps plain secrets out of the source lines that diagnostics show. Columns stay as they are.
 * @module
 */
import type { Source } from "../model.ts";

/** A key that is named like a password or a token, and the value behind it if that is plain. */
const PLAIN = new RegExp(
  /(\b\w*(?:password|_pass|_token)["']?[ \t]*:[ \t]+)(?![{[&*|>!])/.source +
    // A quoted value ends with its quote, another one where a flow mapping or the line may go on.
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s][^\n\r]*?(?=[ \t]*(?:$|\r|[,}\]][\s,}\]]|[}\]]$|[ \t]#)))/
      .source,
  "gm",
);

/** The same in JSON and in lines of an INI inventory. */
const ASSIGNED =
  /(\b\w*(?:password|_pass|_token)(?:"[ \t]*:[ \t]*(?=")|=))("(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|\S+)/gm;
/** In `[group:vars]` of an INI inventory a value is the rest of its line. */
const WHOLE_LINE = /^([ \t]*\w*(?:password|_pass|_token)[ \t]*=[ \t]*)(.+)$/gm;

/** A password within an address: `https://user:password@server`, `user:password@server`. */
const WITHIN = /((?:^|[\s"'/,[{])[\w.+~%-]+:)([^\s/@"']+)(?=@)/gm;

/**
 * Blots out passwords within addresses.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { maskAddresses } from "./mask.ts";
 *
 * assertEquals(maskAddresses("https://root:secret@vc/sdk"), "https://root:******@vc/sdk");
 * assertEquals(maskAddresses("root@kvm1:22"), "root@kvm1:22");
 * ```
 */
export function maskAddresses(text: string): string {
  return text.replace(
    WITHIN,
    (_, before: string, value: string) => before + "*".repeat(value.length),
  );
}

/** Blots out what stands behind keys that are named like passwords, and within addresses. */
export function maskPasswords(text: string): string {
  return [PLAIN, WHOLE_LINE, ASSIGNED, WITHIN].reduce(
    (out, pattern) =>
      out.replace(pattern, (_, key: string, value: string) => key + "*".repeat(value.length)),
    text,
  );
}

/** A secret value and where it is written. */
export interface Written {
  /** The place of it. */
  readonly source: Source;
  /** The value itself. */
  readonly value: string;
}

/** Shorter ones stand in innocent text too: they are blotted out where they are written. */
const SHORTEST = 4;

/** Blots out values where they are written, and wherever else their text stands, in one walk. */
export function maskValues(text: string, written: readonly Written[]): string {
  if (written.length === 0) return text;
  const lines = text.split("\n");
  for (const { source } of written) {
    const line = lines[source.line - 1];
    if (line === undefined) continue;
    const start = source.column - 1;
    const end = start + (source.length ?? 1);
    lines[source.line - 1] = line.slice(0, start) + "*".repeat(end - start) + line.slice(end);
  }
  // A block scalar has its text on the lines that follow.
  const values = new Set(written.map(({ value }) => value.trim()));
  return maskAll(lines.join("\n"), [...values].filter(({ length }) => length >= SHORTEST));
}

/** An inventory may hold as many passwords as hosts: they are found by how they begin. */
function maskAll(text: string, values: readonly string[]): string {
  if (values.length === 0) return text;
  const byStart = new Map<string, Map<number, Set<string>>>();
  for (const value of values) {
    const start = value.slice(0, SHORTEST);
    const alike = byStart.get(start) ?? new Map<number, Set<string>>();
    alike.set(value.length, (alike.get(value.length) ?? new Set()).add(value));
    byStart.set(start, alike);
  }
  let [out, done] = ["", 0];
  for (let at = 0; at + SHORTEST <= text.length; at++) {
    for (const [length, alike] of byStart.get(text.slice(at, at + SHORTEST)) ?? []) {
      if (at + length <= done || !alike.has(text.slice(at, at + length))) continue;
      const from = Math.max(at, done);
      out += text.slice(done, from) + "*".repeat(at + length - from);
      done = at + length;
    }
  }
  return out + text.slice(done);
}
