/**
 * Templates that refuse to guess: a variable that is not set is an error with its place, never
 * the word "undefined" on a host. Reads the folder once; rendering touches nothing.
 * @module
 */
import { Eta } from "eta";
import { NotYetKnown, TaskError } from "./errors.ts";

const SUFFIX = ".eta";

/** Templates by name: the path below the folder, without `.eta`. */
export interface Templates {
  /** Every name, sorted. */
  readonly names: readonly string[];
  /**
   * Fills in a template.
   * @throws {TaskError} when the template does not exist, or reads or prints what is not set
   */
  render(name: string, data: object): string;
}

/** Reads every `*.eta` below a folder, once. Needs permission to read that folder, nothing else. */
export async function loadTemplates(dir: string | URL): Promise<Templates> {
  const texts = new Map<string, string>();
  await readFolder(dir, "", texts);
  return templates(texts);
}

/** Templates from texts by name, for tests and for templates that are not files. */
export function templates(texts: ReadonlyMap<string, string>): Templates {
  // Eta's own escaping is for HTML. Its hook sees every printed value, so it is used as a check.
  const eta = new Eta({
    autoTrim: false,
    autoEscape: true,
    escapeFunction: printable,
    debug: true,
  });
  const compiled = new Set<string>();
  return {
    names: [...texts.keys()].sort(),
    render(name, data) {
      const text = texts.get(name);
      if (text === undefined) {
        const known = [...texts.keys()].sort().join(", ");
        throw new TaskError(`Cannot render "${name}": no such template, there are ${known}`);
      }
      try {
        // A run needs half of them, and each takes a millisecond to be compiled.
        if (!compiled.has(name)) eta.loadTemplate(`@${name}`, text);
        compiled.add(name);
        return eta.render(`@${name}`, strict(data, { key: "it" }));
      } catch (error) {
        throw located(name, error);
      }
    },
  };
}

/** What a template did wrong, without its place. */
class Unprintable extends Error {}

async function readFolder(dir: string | URL, prefix: string, texts: Map<string, string>) {
  for await (const entry of Deno.readDir(dir)) {
    const path = below(dir, entry.name);
    if (entry.isDirectory) {
      await readFolder(path, `${prefix}${entry.name}/`, texts);
    } else if (entry.name.endsWith(SUFFIX)) {
      const name = `${prefix}${entry.name.slice(0, -SUFFIX.length)}`;
      texts.set(name, await Deno.readTextFile(path));
    }
  }
}

function below(dir: string | URL, name: string): string | URL {
  if (typeof dir === "string") return `${dir.replace(/\/+$/, "")}/${name}`;
  return new URL(name, dir.href.endsWith("/") ? dir : `${dir.href}/`);
}

function printable(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Unprintable(`a value of type ${typeof value} cannot be printed`);
}

/** The same data, except that reading what is not set throws its path. */
function strict<T extends object>(data: T, path: Path): T {
  // What is read again, as a loop reads its list, is not made again.
  const inner = new Map<string, { readonly of: object; readonly strict: object }>();
  return new Proxy(data, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || (value !== null && PLAIN.has(typeof value))) return value;
      const index = Array.isArray(target) && /^\d+$/.test(key);
      const at: Path = { above: path, key: index ? `[${key}]` : `.${key}` };
      if (value === undefined || value === null) {
        throw new Unprintable(`${written(at)} is not set`);
      }
      if (typeof value !== "object") return value;
      const known = inner.get(key);
      if (known?.of === value) return known.strict;
      const made = strict(value, at);
      inner.set(key, { of: value, strict: made });
      return made;
    },
  });
}

const PLAIN: ReadonlySet<string> = new Set(["string", "number", "boolean", "function"]);

/** The way to a value: it is written out only where there is none. */
interface Path {
  readonly above?: Path;
  readonly key: string;
}

function written({ above, key }: Path): string {
  return above === undefined ? key : written(above) + key;
}

function located(name: string, error: unknown): Error {
  // What a value says for itself needs no place in a template.
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof NotYetKnown || cause instanceof TaskError) return cause;
  const wrapped = error instanceof Error ? error : new Error(String(error));
  // Eta wraps what was thrown: the first line of its message holds the template's line.
  const line = /^line (\d+)/.exec(wrapped.message)?.[1];
  const reason = wrapped.message.trimEnd().split("\n").at(-1) ?? wrapped.message;
  const place = line === undefined ? `${name}${SUFFIX}` : `${name}${SUFFIX}:${line}`;
  return new TaskError(`Cannot render "${name}": ${place}: ${reason}`);
}
