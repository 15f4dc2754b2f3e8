/**
 * Values that know where they were written. Aliases share one node, so that nothing here is ever
 * larger than the file it came from.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { maskAddresses } from "../mask.ts";

/** A value and its place; a place is missing for what came from the command line. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

/** What every located value has. */
interface Common {
  /** Where the value begins. */
  readonly source: Source | undefined;
  /** The same value as plain data. */
  readonly value: unknown;
  /** A tag that means nothing here, such as `!vault`. */
  readonly tag?: string;
}

/** A string, number, boolean or null. */
export interface LocatedScalar extends Common {
  /** Tells the kinds apart. */
  readonly kind: "scalar";
  /** The value as it was typed, where that differs in type: `007` for 7. */
  readonly text: string;
}

/** A list. */
export interface LocatedList extends Common {
  /** Tells the kinds apart. */
  readonly kind: "list";
  /** The items in order. */
  readonly items: readonly Located[];
}

/** A mapping with string keys. */
export interface LocatedMap extends Common {
  /** Tells the kinds apart. */
  readonly kind: "map";
  /** The entries in order. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** A key of a mapping and its value. */
export interface Entry {
  /** Where the key begins. */
  readonly keySource: Source | undefined;
  /** The value. */
  readonly node: Located;
  /** The entry of the same owner that this one replaced. */
  readonly overrode?: Entry;
}

/** Entries by key: the variables of a group or a host. */
export type Entries = ReadonlyMap<string, Entry>;

const OWN = { configurable: true, enumerable: true, writable: true } as const;

/** Builds a mapping; its plain value is made of own properties only, `__proto__` too. */
export function mapOf(source: Source | undefined, entries: Entries): LocatedMap {
  const value: Record<string, unknown> = {};
  for (const [key, { node }] of entries) {
    if (key !== "__proto__") value[key] = node.value;
    else Object.defineProperty(value, key, { ...OWN, value: node.value });
  }
  return { kind: "map", source, entries, value };
}

/** Builds a list. */
export function listOf(source: Source | undefined, items: readonly Located[]): LocatedList {
  return { kind: "list", source, items, value: items.map((item) => item.value) };
}

/** Two values of one key, to look for mistakes in both: maps are joined, of others it is the first. */
export function bothOf(first: Located, second: Located): Located {
  if (first.kind !== "map" || second.kind !== "map") return first;
  return { ...first, ...mapOf(first.source, new Map([...second.entries, ...first.entries])) };
}

/** Wraps plain data, all of which stands at one place or, from the command line, at none. */
export function fromPlain(value: unknown, source?: Source): Located {
  if (Array.isArray(value)) return listOf(source, value.map((item) => fromPlain(item, source)));
  if (typeof value === "object" && value !== null) {
    return mapOf(source, entriesOf(value, source));
  }
  return { kind: "scalar", source, value, text: String(value) };
}

/** Wraps the properties of a plain object. */
export function entriesOf(value: object, source?: Source): Entries {
  return new Map(
    Object.entries(value).map(([key, item]) => [
      key,
      { keySource: source, node: fromPlain(item, source) },
    ]),
  );
}

/** The value below a path, or undefined. */
export function below(node: Located, path: readonly PropertyKey[]): Located | undefined {
  return path.reduce<Located | undefined>((at, step) => {
    if (at?.kind === "map") return at.entries.get(String(step))?.node;
    return at?.kind === "list" ? at.items[Number(step)] : undefined;
  }, node);
}

/** What stands there, for messages: `"abc"`, `12`, `a list`. */
export function describe(node: Located): string {
  if (node.tag !== undefined) return `a value with the tag ${quote(node.tag)}`;
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a mapping";
  if (node.value === null || node.value === undefined) return "nothing";
  return typeof node.value === "string" ? quote(maskAddresses(node.value)) : node.text;
}

/** Whether two values are the same data. */
export function same(a: Located, b: Located): boolean {
  return a === b || (a.tag === b.tag && JSON.stringify(a.value) === JSON.stringify(b.value));
}
