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

/** Blots out the text of one value, whatever lines it covers. */
export function maskValue(text: string, source: Source, value: string): string {
  const lines = text.split("\n");
  const line = lines[source.line - 1];
  if (line === undefined) return text;
  const start = source.column - 1;
  const end = start + (source.length ?? 1);
  lines[source.line - 1] = line.slice(0, start) + "*".repeat(end - start) + line.slice(end);
  const masked = lines.join("\n");
  // A block scalar has its text on the lines that follow.
  const rest = value.trim();
  return rest.length < 4 ? masked : masked.replaceAll(rest, "*".repeat(rest.length));
}
