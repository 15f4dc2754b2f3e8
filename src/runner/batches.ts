/**
 * How many endpoints begin together: the arithmetic of `--serial`. Pure.
 * @module
 */

/** The size of one batch: a number of endpoints, or a share of all of them, from 1 to 100. */
export type BatchSize = { readonly count: number } | { readonly percent: number };

/**
 * Sizes as people type them, as for Ansible's `serial`: `2`, `25%`, `1,25%,100%`. Gives nothing
 * where they mean nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseBatchSizes("1, 25%"), [{ count: 1 }, { percent: 25 }]);
 * assertEquals(parseBatchSizes("0"), undefined);
 * ```
 */
export function parseBatchSizes(text: string): readonly BatchSize[] | undefined {
  const sizes = text.split(",").map((word) => batchSize(word.trim()));
  return sizes.every((size) => size !== undefined) ? sizes : undefined;
}

function batchSize(word: string): BatchSize | undefined {
  const [, digits = "", percent] = /^(\d{1,9})(%)?$/.exec(word) ?? [];
  const number = Number(digits);
  if (number < 1) return undefined;
  if (percent === undefined) return { count: number };
  return number > 100 ? undefined : { percent: number };
}

/**
 * Items in batches, in their order. The last size repeats until every item has its batch; a share
 * is of all items, rounded down, and never less than one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const sizes = [{ count: 1 }, { percent: 40 }];
 * assertEquals(inBatches(["a", "b", "c", "d", "e"], sizes), [["a"], ["b", "c"], ["d", "e"]]);
 * ```
 */
export function inBatches<T>(items: readonly T[], sizes: readonly BatchSize[]): readonly T[][] {
  const batches: T[][] = [];
  for (let begin = 0; begin < items.length;) {
    const size = sizes[batches.length] ?? sizes.at(-1) ?? { percent: 100 };
    const end = begin + sizeOf(size, items.length);
    batches.push(items.slice(begin, end));
    begin = end;
  }
  return batches;
}

function sizeOf(size: BatchSize, total: number): number {
  return "count" in size ? size.count : Math.max(1, Math.floor(total * size.percent / 100));
}
