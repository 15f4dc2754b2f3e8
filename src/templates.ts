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
  for (const [name, text] of texts) eta.loadTemplate(`@${name}`, text);
  return {
    names: [...texts.keys()].sort(),
    render(name, data) {
      if (!texts.has(name)) {
        const known = [...texts.keys()].sort().join(", ");
        throw new TaskError(`Cannot render "${name}": no such template, there are ${known}`);
      }
      try {
        return eta.render(`@${name}`, strict(data, "it"));
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
function strict<T extends object>(data: T, path: string): T {
  return new Proxy(data, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol") return value;
      const at = Array.isArray(target) && /^\d+$/.test(key) ? `${path}[${key}]` : `${path}.${key}`;
      if (value === undefined || value === null) throw new Unprintable(`${at} is not set`);
      return typeof value === "object" ? strict(value, at) : value;
    },
  });
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
