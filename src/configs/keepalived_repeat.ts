/**
 * `~SEQ(var, start, step, end)` and `~LST(var, value, …)`: a line that is taken once per value.
 * Pure.
 * @module
 */

/** How often a line is taken, with which values. */
export interface Repetitions {
  /** Length of the words that say so. */
  readonly length: number;
  /** Names and their values, one list per time. */
  readonly values: readonly (readonly (readonly [name: string, value: string])[])[];
}

/** Values that one line may have: more than there are addresses in most networks. */
const MOST = 4096;

/** What a line says of its own repetition; unset: nothing, or nothing that can be read. */
export function repetitions(line: string): Repetitions | undefined {
  const sequence = /^~SEQ(x?)\(\s*([A-Za-z_]\w*)\s*((?:,[^,()]*)+)\)/.exec(line);
  if (sequence) {
    const [{ length }, hex, name = "", numbers = ""] = sequence;
    const values = numbersOf(numbers.split(",").slice(1).map((it) => Number(it.trim())));
    const shown = (it: number) => it.toString(hex === "x" ? 16 : 10);
    return { length, values: values.map((it) => [[name, shown(it)]]) };
  }
  const list = /^~LST\(((?:[^(){}]|\{[^(){}]*\})*)\)/.exec(line);
  if (!list) return undefined;
  const [{ length }, inside = ""] = list;
  const [names = [], ...values] = (inside.match(/\{[^{}]*\}|[^,{}]+/g) ?? [])
    .filter((it) => it.trim() !== "")
    .map((it) => it.replace(/^\s*\{|\}\s*$/g, "").split(",").map((word) => word.trim()));
  return {
    length,
    values: values.slice(0, MOST)
      .map((row) => names.map((name, i) => [name, row[i] ?? ""] as const)),
  };
}

/** `[end]`, `[start, end]` or `[start, step, end]` to all of the numbers. */
function numbersOf(numbers: readonly number[]): readonly number[] {
  const end = numbers.at(-1) ?? 0;
  const start = numbers.length > 1 ? numbers[0] ?? 1 : end < 0 ? -1 : 1;
  const step = numbers.length > 2 ? numbers[1] ?? 0 : end < start ? -1 : 1;
  const times = Math.floor((end - start) / step) + 1;
  if (!(times > 0) || !Number.isFinite(times) || numbers.length > 3) return [];
  return Array.from({ length: Math.min(times, MOST) }, (_, i) => start + i * step);
}
