/**
 * Fleets shared out over several controllers: `--shard K/N` takes whole endpoints by their names.
 * Pure but for the variable that is passed in.
 * @module
 */
import { InputError } from "../errors.ts";
import { errorAt } from "../inventory/problems.ts";
import type { Endpoint } from "../model.ts";
import type { Loaded } from "./load.ts";

/** Variable in which Kubernetes tells each pod of an Indexed Job its number, counted from 0. */
export const JOB_INDEX = "JOB_COMPLETION_INDEX";

/** One part of a fleet. */
export interface Shard {
  /** Which one, from 1. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
}

/** What `--shard` says: a part, or how many there are and that a Job knows which one this is. */
export type ShardChoice = Shard | { readonly index: "job"; readonly count: number };

/** Parts at the most; more is a typing error, and no report of all of them would be whole. */
export const MAX_SHARDS = 10_000;

/**
 * Reads `2/5` or `job/5`; nothing where it is neither.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseShard } from "./shard.ts";
 *
 * assertEquals(parseShard("2/5"), { index: 2, count: 5 });
 * assertEquals(parseShard("job/5"), { index: "job", count: 5 });
 * assertEquals(parseShard("0/5"), undefined);
 * ```
 */
export function parseShard(text: string): ShardChoice | undefined {
  const [, which = "", of = ""] = /^(job|[1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  const count = Number(of);
  if (count < 1 || count > MAX_SHARDS) return undefined;
  if (which === "job") return { index: "job", count };
  const index = Number(which);
  return index <= count ? { index, count } : undefined;
}

/**
 * The part that a choice means.
 *
 * @param variable reads a variable of the environment
 * @throws {InputError} when no Job says which one this is, or it has more pods than parts
 */
export function shardOf(
  { index, count }: ShardChoice,
  variable: (name: string) => string | undefined,
): Shard {
  if (index !== "job") return { index, count };
  const text = variable(JOB_INDEX);
  const cannot = (why: string, hint: string) =>
    new InputError([errorAt(undefined, "usage", `Cannot use --shard job/${count}: ${why}`, hint)]);
  if (text === undefined || text === "") {
    const why = `the variable ${JOB_INDEX} is not set`;
    throw cannot(why, "a Job has it with completionMode: Indexed; elsewhere: --shard 1/" + count);
  }
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number < count) return { index: number + 1, count };
  const why = Number.isNaN(number)
    ? `the variable ${JOB_INDEX} is no whole number`
    : `${JOB_INDEX} is ${number}, and parts are counted from 0 to ${count - 1} there`;
  throw cannot(why, "completions of the Job and the number behind job/ are to be the same");
}

/**
 * The part that an endpoint belongs to, whatever other endpoints there are: a run of each part does
 * every endpoint once, and one more endpoint moves no other.
 *
 * @param name name of the endpoint
 * @returns from 1 to `count`
 */
export function shardOfName(name: string, count: number): number {
  // FNV-1a, then the finalizer of MurmurHash3: names that differ in their last digit spread too.
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return ((hash ^ hash >>> 16) >>> 0) % count + 1;
}

/** What was loaded, cut down to one part, and the endpoints that other parts have. */
export function partOf(
  loaded: Loaded,
  { index, count }: Shard,
): { readonly loaded: Loaded; readonly others: readonly Endpoint[] } {
  const isOurs = ({ name }: Endpoint) => shardOfName(name, count) === index;
  const endpoints = loaded.endpoints.filter(isOurs);
  const names = new Set(
    endpoints.flatMap(({ members, leaving = [] }) => [...members, ...leaving])
      .map(({ host }) => host.name),
  );
  const selected = new Set([...loaded.selected].filter((name) => names.has(name)));
  return {
    loaded: { ...loaded, endpoints, selected },
    others: loaded.endpoints.filter((endpoint) => !isOurs(endpoint)),
  };
}
