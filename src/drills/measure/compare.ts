/**
 * Two histories of drills, side by side. Pure.
 * @module
 */
import type { DrillEvent, DrillVerdict } from "../../drill_events.ts";
import type { Expectation } from "../model.ts";
import { median } from "./steps.ts";

/** The end of one drill. */
export type DrillEnd = Extract<DrillEvent, { readonly type: "drill-end" }>;

/** A figure over the rounds of one drill, in milliseconds. */
export interface Spread {
  /** The middle one. */
  readonly median: number;
  /** The least. */
  readonly min: number;
  /** The most. */
  readonly max: number;
  /** Rounds that it is of. */
  readonly rounds: number;
}

/** One drill in one history. */
export interface DrillHistory {
  /** The figure that is held against the limit; unset: never had. */
  readonly judged?: Spread;
  /** The outage; unset: never had. */
  readonly outage?: Spread;
  /** Rounds by verdict. Those that are `unknown` or `skipped` are in no figure. */
  readonly verdicts: Readonly<Record<DrillVerdict, number>>;
}

/** One drill in both. */
export interface DrillComparison {
  /** Endpoint it was run on. */
  readonly endpoint: string;
  /** Its name. */
  readonly drill: string;
  /** Which figure is compared; the later history says. */
  readonly figure: NonNullable<Expectation["judged"]>;
  /** Earlier; unset: it was not run. */
  readonly before?: DrillHistory;
  /** Later; unset: it was not run. */
  readonly after?: DrillHistory;
  /** `unmeasured`: run in both, and without a figure in one of them. */
  readonly change: "slower" | "faster" | "same" | "new" | "gone" | "unmeasured";
}

/** A change is one when it is more than this part of what was. */
const PART = 0.25;

/** And more than so many intervals between requests, of which both measurements are made. */
const INTERVALS = 3;

/** Interval of a history without timelines. */
const USUAL_INTERVAL_MS = 20;

type Figure = NonNullable<Expectation["judged"]>;

function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  };
}

function historyOf(ends: readonly DrillEnd[], figure: Figure): DrillHistory | undefined {
  if (ends.length === 0) return undefined;
  const verdicts = { pass: 0, fail: 0, unknown: 0, skipped: 0 };
  for (const { verdict } of ends) verdicts[verdict]++;
  const trusted = ends.filter(({ verdict }) => verdict === "pass" || verdict === "fail");
  const values = (name: Figure) =>
    trusted.flatMap((end) =>
      end.figures?.[name] ?? (name === "outageMs" ? end.outageMs : undefined) ?? []
    );
  const judged = spreadOf(values(figure));
  const outage = spreadOf(values("outageMs"));
  return {
    ...(judged === undefined ? {} : { judged }),
    ...(outage === undefined ? {} : { outage }),
    verdicts,
  };
}

function changeOf(
  before: DrillHistory | undefined,
  after: DrillHistory | undefined,
  intervalMs: number,
): DrillComparison["change"] {
  if (before === undefined) return "new";
  if (after === undefined) return "gone";
  if (before.judged === undefined || after.judged === undefined) return "unmeasured";
  const more = after.judged.median - before.judged.median;
  const noise = Math.max(before.judged.median * PART, intervalMs * INTERVALS);
  if (Math.abs(more) <= noise) return "same";
  return more > 0 ? "slower" : "faster";
}

/**
 * Compares two histories drill by drill: in the order of the later one, then what is gone. Rounds
 * that were not measured, or that cannot be trusted, are counted and in no figure.
 */
export function compareDrills(
  before: readonly DrillEnd[],
  after: readonly DrillEnd[],
): readonly DrillComparison[] {
  const of = (end: DrillEnd) => JSON.stringify([end.endpoint, end.drill]);
  const names = [...new Set([...after, ...before].map(of))];
  return names.flatMap((name) => {
    const [earlier, later] = [before, after].map((ends) => ends.filter((end) => of(end) === name));
    const all = [...later ?? [], ...earlier ?? []];
    const [first] = all;
    if (first === undefined) return [];
    const figure = all.find(({ judged }) => judged !== undefined)?.judged ?? "outageMs";
    const was = historyOf(earlier ?? [], figure);
    const is = historyOf(later ?? [], figure);
    const intervals = all.map(({ timeline }) => timeline?.intervalMs ?? USUAL_INTERVAL_MS);
    return [{
      endpoint: first.endpoint,
      drill: first.drill,
      figure,
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
      change: changeOf(was, is, Math.max(...intervals)),
    }];
  });
}
