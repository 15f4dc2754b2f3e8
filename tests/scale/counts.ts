/**
 * How often every piece of code ran, counted by the engine itself: work that can be compared
 * without a clock.
 * @module
 */
import { fromFileUrl } from "@std/path";
import { withTempDir } from "../helpers.ts";

/** Times that each block of code ran, by file, function and offset. */
export type Counts = ReadonlyMap<string, number>;

/** How a script is run. */
export interface CountOptions {
  /** Exit codes that it may end with. @default {[0]} */
  readonly codes?: readonly number[];
}

/** Runs a script with arguments to its end and counts what it does. */
export async function counts(
  script: URL,
  args: readonly string[],
  { codes = [0] }: CountOptions = {},
): Promise<Counts> {
  return await withTempDir(async (dir) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "-A", `--coverage=${dir}`, fromFileUrl(script), ...args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
    }).output();
    if (!codes.includes(code)) throw new Error(new TextDecoder().decode(stderr));
    return await read(dir);
  });
}

/** What the engine writes of a file. */
interface Profile {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[];
}

async function read(dir: string): Promise<Counts> {
  const found = new Map<string, number>();
  for await (const { name } of Deno.readDir(dir)) {
    if (!name.endsWith(".json")) continue;
    const { url, functions }: Profile = JSON.parse(await Deno.readTextFile(`${dir}/${name}`));
    for (const { functionName, ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        const key = `${url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, "")} ${functionName || "(arrow)"} ` +
          `${startOffset}-${endOffset}`;
        found.set(key, Math.max(count, found.get(key) ?? 0));
      }
    }
  }
  return found;
}

/** Blocks that run seldom tell nothing: how often they run is not decided by the size alone. */
const SELDOM = 500;

/**
 * Blocks that ran more than `times` as often in the second run as in the first one, worst first,
 * for messages.
 */
export function grewBeyond(times: number, small: Counts, large: Counts): readonly string[] {
  return [...large].filter(([_, count]) => count >= SELDOM)
    .map(([key, count]) => ({ key, count, before: Math.max(1, small.get(key) ?? 0) }))
    .filter(({ count, before }) => count > times * before)
    .toSorted((a, b) => b.count / b.before - a.count / a.before)
    .map(({ key, count, before }) => `${key}: ${before} -> ${count}`);
}

/** How often all blocks ran together. */
export function total(of: Counts): number {
  return [...of.values()].reduce((sum, count) => sum + count, 0);
}
