/**
 * Which runs are parts of one fleet's, and what is missing between them. Pure.
 * @module
 */
import { EXIT, InputError } from "../../errors.ts";
import type { EventOf } from "../../events.ts";
import { errorAt } from "../../inventory/problems.ts";
import type { Diagnostic } from "../../model.ts";

type Start = EventOf<"run-start">;
type End = EventOf<"run-end">;

/** What is to be known of a file before its events are joined with others. */
export interface Part {
  /** The file. */
  readonly path: string;
  /** How its run began; unset: it was refused before, or ended before it began. */
  readonly start?: Start;
  /** How it ended; unset: it did not come to its end. */
  readonly end?: End;
}

/** The parts of one run. */
export interface Parts {
  /** How the whole began, without what is true of a part alone. */
  readonly start: Omit<Start, "shard" | "batches" | "stopsAfter">;
  /** What keeps the parts from being the whole. */
  readonly problems: readonly Diagnostic[];
  /** How the whole ended; what is missing makes it a failure. */
  readonly end: End;
}

/** From bad to worse, the order in which the exit codes of parts count: the same as in one run. */
const ORDER: readonly number[] = [
  EXIT.ok,
  EXIT.changes,
  EXIT.usage,
  EXIT.stale,
  EXIT.unreachable,
  EXIT.failed,
  EXIT.rolledBack,
  EXIT.interrupted,
  EXIT.bug,
];

/**
 * The exit code of a whole, from those of its parts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { worst } from "./parts.ts";
 *
 * assertEquals(worst([0, 2, 4, 0]), 4);
 * assertEquals(worst([]), 0);
 * ```
 */
export function worst(codes: readonly number[]): number {
  const rank = (code: number) => ORDER.includes(code) ? ORDER.indexOf(code) : ORDER.length;
  return codes.reduce((worse, code) => rank(code) > rank(worse) ? code : worse, EXIT.ok);
}

/**
 * Joins what is known of the parts.
 * @throws {InputError} when they are not parts of one run: there is nothing to join
 */
export function joined(parts: readonly Part[]): Parts {
  const begun = parts.flatMap(({ path, start, end }) =>
    start === undefined ? [] : [{ path, start, ...end === undefined ? {} : { end } }]
  );
  refuseStrangers(begun);
  const [first] = begun;
  if (first === undefined) {
    const paths = parts.map(({ path }) => `"${path}"`).join(", ");
    const message = `Cannot join ${paths}: none of these runs began`;
    throw new InputError([errorAt(undefined, "run-file", message)]);
  }
  const { shard: _, batches: _b, stopsAfter: _s, ...start } = first.start;
  const problems = [...cut(parts), ...missing(begun), ...uneven(begun)];
  const since = Math.min(...begun.map(({ start }) => start.at));
  const until = Math.max(...begun.map(({ start, end }) => end?.at ?? start.at));
  const codes = parts.flatMap(({ end }) => end === undefined ? [] : [end.exitCode]);
  return {
    start: {
      ...start,
      at: since,
      hosts: begun.flatMap(({ start }) => start.hosts),
      places: Object.assign({}, ...begun.map(({ start }) => start.places)),
    },
    problems,
    end: {
      type: "run-end",
      at: until,
      // A whole of which a part is not known did not go well, whatever the others did.
      exitCode: worst([...codes, ...problems.length > 0 ? [EXIT.failed] : []]),
      hosts: Object.assign({}, ...begun.map(({ end }) => end?.hosts ?? {})),
      ms: until - since,
    },
  };
}

type Begun = Part & { readonly start: Start };

/** Runs that are no parts, or parts of different runs, all of them. */
function refuseStrangers(begun: readonly Begun[]): void {
  const problems: Diagnostic[] = [];
  const refuse = (message: string, hint?: string) =>
    problems.push(errorAt(undefined, "run-file", message, hint));
  const [first] = begun;
  const seen = new Map<number, string>();
  for (const { path, start } of begun) {
    if (start.shard === undefined) {
      refuse(`Cannot join "${path}": it is a whole run, made without --shard`);
      continue;
    }
    const { index, count } = start.shard;
    const twin = seen.get(index);
    if (twin !== undefined && count === first?.start.shard?.count) {
      const which = `"${twin}" and "${path}" are both part ${index} of ${count}`;
      refuse(`Cannot join them: ${which}`, "give the last one alone");
    }
    seen.set(index, twin ?? path);
    const differs = first && differences(first.start, start);
    if (differs !== undefined) {
      refuse(`Cannot join "${path}" with "${first?.path}": ${differs}`);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** In what two parts of one run cannot differ. */
function differences(one: Start, other: Start): string | undefined {
  const said = ({ mode, what = "", inventory, play, shard }: Start) => ({
    "is of another command": `${mode} ${what}`,
    "is of another inventory": inventory,
    "has another play": play,
    "is shared out over another number of parts": String(shard?.count),
  });
  const [a, b] = [said(one), said(other)];
  const keys = Object.keys(a) as (keyof typeof a)[];
  const [key] = keys.filter((key) => a[key] !== b[key]);
  return key === undefined ? undefined : `it ${key}, ${b[key].trim()} and not ${a[key].trim()}`;
}

function cut(parts: readonly Part[]): Diagnostic[] {
  return parts.filter(({ end }) => end === undefined).map(({ path, start }) => {
    const which = start?.shard === undefined ? "" : `part ${start.shard.index}, `;
    const message = `Cannot tell how ${which}"${path}", ended: the run did not come to its end`;
    return errorAt(undefined, "shard-cut", message, "its hosts may be half changed: run it again");
  });
}

function missing(begun: readonly Begun[]): Diagnostic[] {
  const there = new Set(begun.map(({ start }) => start.shard?.index));
  const count = begun[0]?.start.shard?.count ?? 0;
  const gone = Array.from({ length: count }, (_, i) => i + 1).filter((i) => !there.has(i));
  if (gone.length === 0) return [];
  const one = gone.length === 1;
  const which = `part${one ? "" : "s"} ${gone.join(", ")} of ${count}`;
  const message = `Cannot tell of the whole fleet: ${which} ${one ? "is" : "are"} missing`;
  const hint = `--shard ${gone[0]}/${count} runs ${one ? "it" : "the first of them"} again`;
  return [errorAt(undefined, "shard-missing", message, hint)];
}

/** Parts of inventories that are not the same leave endpoints out, or do them twice. */
function uneven(begun: readonly Begun[]): Diagnostic[] {
  const sizes = new Map<number, string>();
  for (const { path, start: { shard } } of begun) {
    if (shard !== undefined && !sizes.has(shard.of)) sizes.set(shard.of, path);
  }
  if (sizes.size > 1) {
    const said = [...sizes].map(([of, path]) => `${of} in "${path}"`).join(", ");
    const message = `Cannot tell of the whole fleet: its endpoints are ${said}`;
    const hint = "the parts were made from different inventories, or with another --limit";
    return [errorAt(undefined, "shard-uneven", message, hint)];
  }
  const seen = new Map<string, string>();
  return begun.flatMap(({ path, start }) =>
    (start.shard?.endpoints ?? []).flatMap((name) => {
      const other = seen.get(name);
      seen.set(name, path);
      if (other === undefined) return [];
      const message = `Cannot tell of endpoint "${name}": it is in "${other}" and in "${path}"`;
      return [errorAt(undefined, "shard-uneven", message)];
    })
  );
}
