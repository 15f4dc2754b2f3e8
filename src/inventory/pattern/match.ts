/**
 * Which hosts one term of a pattern means.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import type { Inventory } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import { glob, regex } from "./regex.ts";
import type { Term } from "./terms.ts";

/** `[0]`, `[-1]`, `[0:2]`, `[1:]`, `[0-2]` at the end of a name. */
const SUBSCRIPT = /^(.+)\[(?:(-?\d+)|(-?\d+)?:(-?\d+)?|(\d+)-(\d+))\]$/;

/** The hosts of a term, in inventory order. What it cannot mean is reported, and means none. */
export function match(inventory: Inventory, term: Term, report: Report): readonly string[] {
  const refuse = (why: string, hint?: string): readonly string[] => {
    const message = `Cannot select ${quote(term.text)}: ${why}`;
    report(errorAt(term.source, "host-pattern", message, hint));
    return [];
  };
  const { text } = term;
  if (text === "") return refuse(`nothing follows ${quote(term.sign)}`);
  try {
    const found = text.startsWith("~")
      ? fitting(inventory, regex(text.slice(1)))
      : plain(inventory, text);
    if (found === undefined) return refuse(...unknown(inventory, text));
    return found.length > 0 ? found : refuse("no host or group of the inventory fits");
  } catch (error) {
    if (error instanceof RangeError) return refuse(error.message);
    if (!(error instanceof SyntaxError)) throw error;
    const looksAround = /"\(\?<?[=!]/.test(error.message);
    return refuse(error.message, looksAround ? "lb*:!lb1 leaves hosts out" : undefined);
  }
}

/** A name, a subscript or a wildcard; nothing when it is none of them. */
function plain(inventory: Inventory, text: string): readonly string[] | undefined {
  if (text === "all" || text === "*") return inventory.hosts.map((host) => host.name);
  const members = named(inventory, text);
  if (members) return members;
  const subscript = SUBSCRIPT.exec(text);
  if (subscript) {
    const [, base = ""] = subscript;
    const counted = named(inventory, base) ??
      (isWild(base) ? fitting(inventory, glob(base)) : undefined);
    if (counted) return pick(counted, base, subscript);
    // As a set of characters `lb[1:3]` is lb1 and lb3 without lb2, which nobody wants.
    const found = text.includes(":") ? [] : fitting(inventory, glob(text));
    return found.length > 0 ? found : undefined;
  }
  return isWild(text) ? fitting(inventory, glob(text)) : undefined;
}

const isWild = (text: string) => /[*?[]/.test(text);

function named(inventory: Inventory, name: string): readonly string[] | undefined {
  return inventory.groups.get(name) ??
    (inventory.hosts.some((host) => host.name === name) ? [name] : undefined);
}

/** Hosts whose name, or one of whose groups' names, fits. */
function fitting(inventory: Inventory, fits: (name: string) => boolean): string[] {
  // `a*` does not mean "all": a wildcard that took every host would be a bad surprise.
  const groups = [...inventory.groups].filter(([name]) =>
    name !== "all" && name !== "ungrouped" && fits(name)
  );
  const members = new Set(groups.flatMap(([, hosts]) => hosts));
  return inventory.hosts.map((host) => host.name)
    .filter((name) => members.has(name) || fits(name));
}

/** Both ends are included, as Ansible counts. @throws {RangeError} when nothing stands there */
function pick(names: readonly string[], base: string, subscript: RegExpExecArray): string[] {
  const [, , one, from = subscript[5], to = subscript[6]] = subscript;
  const index = (text: string) => Number(text) < 0 ? names.length + Number(text) : Number(text);
  const first = index(one ?? from ?? "0");
  const last = one === undefined ? index(to ?? "-1") : first;
  const found = names.slice(Math.max(0, first), last + 1);
  if (found.length > 0 && first >= 0) return found;
  const ends = names.length === 0 ? "" : `, 0 to ${names.length - 1}`;
  throw new RangeError(`${quote(base)} has ${names.length} hosts${ends}`);
}

function unknown(inventory: Inventory, text: string): [why: string, hint: string | undefined] {
  const base = SUBSCRIPT.exec(text)?.[1];
  if (base !== undefined) {
    const near = didYouMean(base, inventory.groups.keys());
    const hint = near === undefined
      ? `a set of characters: ${base}[123]`
      : text.replace(base, () => near);
    return [`the inventory names no host or group ${quote(base)} to count in`, hint];
  }
  const known = [...inventory.hosts.map((host) => host.name), ...inventory.groups.keys()];
  return ["the inventory names no such host or group", didYouMean(text, known)];
}
