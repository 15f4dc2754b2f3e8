/**
 * A value as Python prints it, which is how the graph of `ansible-inventory` shows variables:
 * strings as they are, everything else as it would be written in a program.
 *
 * @example
 * ```ts
 * import { pythonText } from "./python.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pythonText(["it's", true, null]), `["it's", True, None]`);
 * ```
 */
export function pythonText(value: unknown): string {
  return typeof value === "string" ? value : literalText(value);
}

function literalText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literalText).join(", ")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value).map(([key, item]) =>
      `${stringText(key)}: ${literalText(item)}`
    );
    return `{${pairs.join(", ")}}`;
  }
  return typeof value === "string" ? stringText(value) : String(value);
}

/** Single quotes, unless they would need escaping and double quotes would not. */
function stringText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t")
    .replaceAll("\r", "\\r").replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}
