/**
 * Ansible's host patterns: `lb1`, `masters`, `all`, `lb*`, `a:b`, `a,b`, `a:&b`, `a:!b`, `~regex`,
 * `masters[0]`. Unlike there, an unknown name is an error in an exclusion, too.
 * @module
 */
import { didYouMean, quote } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import type { Inventory } from "../model.ts";
import { errorAt } from "./problems.ts";

/**
 * Names of the hosts that a pattern means, in inventory order.
 * @throws {InputError} when it names something that is not there, or means no host at all
 */
export function select(inventory: Inventory, pattern: string): readonly string[] {
  const parts = split(pattern);
  if (parts.length === 0) throw refusal("Cannot select hosts: the pattern is empty");
  const of = (sign: string) => parts.filter((p) => p.startsWith(sign)).map((p) => p.slice(1));
  const added = parts.filter((part) => !/^[&!]/.test(part));
  // A pattern of exclusions only takes away from all hosts.
  const chosen = new Set((added.length > 0 ? added : ["all"]).flatMap((p) => match(inventory, p)));
  for (const part of of("&")) {
    const other = new Set(match(inventory, part));
    for (const name of chosen) if (!other.has(name)) chosen.delete(name);
  }
  for (const part of of("!")) match(inventory, part).forEach((name) => chosen.delete(name));
  if (chosen.size === 0) throw refusal(`Cannot select ${quote(pattern)}: it means no host`);
  return inventory.hosts.map((host) => host.name).filter((name) => chosen.has(name));
}

/** Commas separate if there are any, else colons outside of brackets. */
function split(pattern: string): string[] {
  const parts = pattern.includes(",")
    ? pattern.split(",")
    : pattern.match(/(?:[^:[\]]|\[[^\]]*\]|[[\]])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part.length > 0);
}

/** The hosts of one part, in inventory order. */
function match(inventory: Inventory, part: string): string[] {
  if (part === "all" || part === "*") return inventory.hosts.map((host) => host.name);
  if (part.startsWith("~")) return fitting(inventory, regex(part));
  const members = named(inventory, part);
  if (members) return members;
  const subscript = /^(.+)\[(-?\d+)?(:)?(-?\d+)?\]$/.exec(part);
  const base = subscript && named(inventory, subscript[1]!);
  if (base && (subscript[2] ?? subscript[4]) !== undefined) return pick(base, subscript);
  if (/[*?[]/.test(part)) return fitting(inventory, glob(part));
  const known = [...inventory.groups.keys(), ...inventory.hosts.map((host) => host.name)];
  const message = `Cannot select ${quote(part)}: the inventory names no such host or group`;
  throw refusal(message, didYouMean(part, known));
}

function named(inventory: Inventory, name: string): string[] | undefined {
  const group = inventory.groups.get(name);
  if (group) return [...group];
  return inventory.hosts.some((host) => host.name === name) ? [name] : undefined;
}

/** Hosts whose name, or one of whose groups' names, fits. */
function fitting(inventory: Inventory, test: RegExp): string[] {
  // `a*` does not mean "all": a wildcard that took every host would be a bad surprise.
  const groups = [...inventory.groups].filter(([name]) =>
    name !== "all" && name !== "ungrouped" && test.test(name)
  );
  const members = new Set(groups.flatMap(([, hosts]) => hosts));
  return inventory.hosts.map((host) => host.name)
    .filter((name) => members.has(name) || test.test(name));
}

/** `[0]`, `[-1]`, `[0:2]` with both ends included, as Ansible counts. */
function pick(names: readonly string[], subscript: RegExpExecArray): string[] {
  const [, , from, range, to] = subscript;
  const index = (text: string) => Number(text) < 0 ? names.length + Number(text) : Number(text);
  if (range === undefined) return names.slice(index(from ?? "0"), index(from ?? "0") + 1);
  const last = to === undefined ? names.length - 1 : index(to);
  return names.slice(index(from ?? "0"), last + 1);
}

function regex(part: string): RegExp {
  try {
    return new RegExp(`^(?:${part.slice(1)})`);
  } catch (error) {
    throw refusal(`Cannot select ${quote(part)}: ${(error as Error).message}`);
  }
}

function glob(part: string): RegExp {
  const source = part.replace(/\[(!?)([^\]]+)\]|[*?]|[^*?[]|\[/g, (token, not, set) => {
    if (token === "*") return ".*";
    if (token === "?") return ".";
    if (set !== undefined) return `[${not ? "^" : ""}${set.replace(/[\\^]/g, "\\$&")}]`;
    return token.replace(/[^\w]/g, "\\$&");
  });
  return new RegExp(`^${source}$`);
}

function refusal(message: string, hint?: string): InputError {
  return new InputError([errorAt(undefined, "host-pattern", message, hint)]);
}
