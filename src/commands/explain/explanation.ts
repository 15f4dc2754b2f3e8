/**
 * Where a value of a host comes from: every place that sets it, from weak to strong, then what
 * Holdfast makes of a value that nobody wrote.
 * @module
 */
import { layersOf } from "../../inventory/layers.ts";
import { shown } from "../../inventory/listing/shown.ts";
import type { ResolvedHost } from "../../inventory/resolve.ts";
import { below, type Entries } from "../../inventory/yaml/located.ts";
import type { Source } from "../../model.ts";
import type { Unwritten } from "./known.ts";

/** One place that says something about a value. */
export interface Row {
  /** What it belongs to: `group lbs (depth 1)`, `default`, `derived`. */
  readonly level: string;
  /** Where it is written. */
  readonly source?: Source;
  /** The value, without passwords; missing where the map that is written here does not hold it. */
  readonly value?: unknown;
  /** Why a value is that one which nobody wrote. */
  readonly reason?: string;
  /** Whether this is the value that counts. */
  readonly wins: boolean;
}

/** A key and everything that is said about it, the weakest first. */
export interface Explanation {
  /** Dotted where it leads into a map. */
  readonly key: string;
  /** Empty where nobody says anything. */
  readonly rows: readonly Row[];
}

/** What explaining needs. */
export interface Subject {
  /** The host. */
  readonly host: ResolvedHost;
  /** Variables of the command line. */
  readonly extra: Entries;
  /** Values that nobody wrote, by dotted key. */
  readonly unwritten: ReadonlyMap<string, readonly Unwritten[]>;
}

/** Explains one key; a variable whose name has dots in it comes before a path into a map. */
export function explainKey(key: string, { host, extra, unwritten }: Subject): Explanation {
  const path = host.merged.has(key) ? [key] : key.split(".");
  const [name = "", ...rest] = path;
  const named = path.findLast((step) => !/^\d+$/.test(step)) ?? name;
  const written = layersOf(host, extra, name).map(({ level, entry }): Omit<Row, "wins"> => {
    const node = below(entry.node, rest);
    if (!node) return { level, ...placed(entry.keySource) };
    return { level, ...placed(node.source ?? entry.keySource), value: shown(named, node) };
  });
  const last = written.at(-1);
  const counts = last !== undefined && "value" in last && last.value !== "auto";
  const made = counts ? [] : (unwritten.get(key) ?? []).filter(({ level }) =>
    // `auto` is written there already.
    level !== "default" || last === undefined || !("value" in last)
  );
  const rows = [...written, ...made];
  return {
    key,
    rows: rows.map((row, i) => ({ ...row, wins: i === rows.length - 1 && "value" in row })),
  };
}

/** Explains every variable of a host, and what Holdfast adds to those that nobody wrote. */
export function explainAll(subject: Subject): Explanation[] {
  const { host, unwritten } = subject;
  const keys = new Set([...host.merged.keys(), ...unwritten.keys()]);
  return [...keys].sort().map((key) => explainKey(key, subject));
}

function placed(source: Source | undefined): { source?: Source } {
  return source ? { source } : {};
}
