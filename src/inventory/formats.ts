import { extname } from "@std/path";

/** The formats of an inventory file. */
export type Format = "yaml" | "ini" | "json";

const SECTION = /^\[[^:\]\s]+(:\w+)?\]\s*([#;].*)?$/;
const YAML_START = /^(---|%YAML|[{&!?"']|- |[\w.-]+:(\s|$))/;

/**
 * Tells which format a text is in: by the ending of the file's name and by the first line that says
 * something. What could be both is INI where the ending does not say YAML, as for Ansible.
 *
 * @example
 * ```ts
 * import { formatOf } from "./formats.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatOf("hosts", "lb1 ansible_host=10.0.0.11\n"), "ini");
 * assertEquals(formatOf("hosts", "all:\n  hosts:\n"), "yaml");
 * ```
 */
export function formatOf(path: string, text: string): Format {
  const first = /^\s*(?:[#;].*\s+)*([^\s#;].*)$/m.exec(text.slice(0, 4096))?.[1]?.trim() ?? "";
  const ending = extname(path);
  // JSON is YAML, but it is read faster and its mistakes are named better as what it is.
  if (/^\{\s*("|\}|$)/.test(first)) return ending === ".json" || isJson(text) ? "json" : "yaml";
  if (SECTION.test(first)) return "ini";
  if (/^\.(ya?ml|json)$/.test(ending)) return "yaml";
  return first === "" || YAML_START.test(first) ? "yaml" : "ini";
}

function isJson(text: string): boolean {
  // Every JSON map ends with a brace, and has no bare word at a line's beginning.
  return /\}\s*$/.test(text.slice(-4096)) && !/^\s*[A-Za-z_]\w*\s*:/m.test(text.slice(0, 4096));
}
