import { parse, YAMLParseError } from "yaml";
import { InputError } from "../errors.ts";
import type { Vars } from "../model.ts";

/**
 * Reads `--extra-vars` as Ansible does: `k=v` pairs (values are strings, in quotes where they hold spaces), a JSON or YAML map, or
 * `@file` with one. Later ones win.
 * @throws {InputError} with every one that cannot be read
 */
export async function parseExtraVars(words: readonly string[]): Promise<Vars> {
  const problems: string[] = [];
  let vars: Vars = {};
  for (const word of words) {
    try {
      vars = { ...vars, ...await parseOne(word) };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) {
    throw new InputError(
      problems.map((message) => ({ severity: "error", code: "extra-vars", message })),
    );
  }
  return vars;
}

async function parseOne(word: string): Promise<Vars> {
  if (word.startsWith("@")) return toMap(await readFile(word.slice(1)), word);
  if (word.trimStart().startsWith("{")) return toMap(word, word);
  // A value with spaces stands in quotes, which are not part of it.
  const pairs = [...word.matchAll(/([^\s=]+)=("[^"]*"|'[^']*'|[^\s"']*)(?=\s|$)|\S+/g)].map(
    ([, name, value = ""]) => {
      if (name === undefined) {
        throw new TypeError(
          `Cannot read --extra-vars "${word}": expected k=v, {"k": "v"} or @file`,
        );
      }
      return [name, value.replace(/^(["'])(.*)\1$/s, "$2")] as const;
    },
  );
  return Object.fromEntries(pairs);
}

function toMap(text: string, word: string): Vars {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0 });
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Vars;
  } catch (error) {
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
    throw new TypeError(`Cannot read --extra-vars "${word}": ${error.message}`);
  }
  throw new TypeError(`Cannot read --extra-vars "${word}": expected a map of names to values`);
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new TypeError(
      `Cannot read --extra-vars "@${path}": ${error instanceof Error ? error.message : error}`,
    );
  }
}
