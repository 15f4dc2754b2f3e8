/**
 * Figures over runs. Pure.
 * @module
 */
import type { Look, Mode, Row, Scenario } from "./rows.ts";

/** What some runs have in common. */
export interface Cell {
  /** What there was to do. */
  readonly scenario: Scenario;
  /** On how many hosts. */
  readonly hosts: number;
  /** Who did it. */
  readonly mode: Mode;
  /** What they were looked at for. @default {"time"} */
  readonly look?: Look;
}

/** How values are spread. */
export interface Spread {
  /** The middle one, or the mean of the two in the middle. */
  readonly median: number;
  /** The least. */
  readonly min: number;
  /** The greatest. */
  readonly max: number;
  /** How many. */
  readonly count: number;
}

/** The spread of values; unset: there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? min;
  const lower = sorted.length % 2 === 1 ? upper : sorted[half - 1] ?? min;
  return { median: (lower + upper) / 2, min, max, count: sorted.length };
}

/** The runs of a cell that count, by their rounds. */
export function runsOf(rows: readonly Row[], cell: Cell): readonly Row[] {
  const { scenario, hosts, mode, look = "time" } = cell;
  const found = rows.filter((row) =>
    row.fault === undefined && row.scenario === scenario && row.hosts === hosts &&
    row.mode === mode && row.look === look
  );
  return found.toSorted((a, b) => a.round - b.round);
}

/** The spread of one value over the runs of a cell. */
export function spreadIn(
  rows: readonly Row[],
  cell: Cell,
  of: (row: Row) => number | undefined,
): Spread | undefined {
  return spreadOf(runsOf(rows, cell).flatMap((row) => of(row) ?? []));
}

/**
 * How many times as long as another one it took, within the same round: a machine that is slow in
 * one round is slow for both.
 */
export function ratioOf(
  rows: readonly Row[],
  cell: Cell,
  by: Mode,
): Spread | undefined {
  const others = new Map(
    runsOf(rows, { ...cell, mode: by }).map(({ round, wallMs }) => [round, wallMs]),
  );
  return spreadOf(
    runsOf(rows, cell).flatMap(({ round, wallMs }) => {
      const other = others.get(round);
      return other === undefined ? [] : [wallMs / other];
    }),
  );
}

/** How many seconds longer than another one it took, within the same round. */
export function longerBy(rows: readonly Row[], cell: Cell, by: Mode): Spread | undefined {
  const others = new Map(
    runsOf(rows, { ...cell, mode: by }).map(({ round, wallMs }) => [round, wallMs]),
  );
  return spreadOf(
    runsOf(rows, cell).flatMap(({ round, wallMs }) => {
      const other = others.get(round);
      return other === undefined ? [] : [(wallMs - other) / 1000];
    }),
  );
}

/**
 * How many times the floor and Deno's own start a run took, within the same round: what Holdfast
 * could do without at best.
 */
export function overFloor(rows: readonly Row[], cell: Cell): Spread | undefined {
  const least = (round: number) => {
    const of = (mode: Mode) =>
      runsOf(rows, { ...cell, mode }).find((row) => row.round === round)?.wallMs;
    const [floor, start] = [of("floor"), of("start")];
    return floor === undefined || start === undefined ? undefined : { floor, start };
  };
  return spreadOf(
    runsOf(rows, cell).flatMap(({ round, wallMs }) => {
      const at = least(round);
      return at === undefined ? [] : [(wallMs - at.start) / at.floor];
    }),
  );
}
