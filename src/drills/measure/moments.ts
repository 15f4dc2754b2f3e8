/**
 * What the prober's samples say of each figure that can be judged: between which bounds it is. Pure.
 * @module
 */
import type { Span } from "../../drill_events.ts";
import {
  type Asked,
  type Outage,
  outagesOf,
  type Request,
  requestsOf,
  usualMs,
} from "./outages.ts";
import { covered } from "./spans.ts";

/** A figure, and what it was at most: they differ where the prober stood still. */
export interface Bounds {
  /** What was seen, in milliseconds. It was not less. */
  readonly ms: number;
  /** It was not more; infinite where the measurement ended first. */
  readonly mostMs: number;
}

/** Figures that can be held against a limit; one that could not be had is unset. */
export interface JudgedBounds {
  /** Longest time without an answer while the fault stood. */
  readonly outageMs?: Bounds;
  /** The same from the heal on. */
  readonly returnMs?: Bounds;
  /** From the heal to the first answer, where there was none before it. */
  readonly recoveryMs?: Bounds;
  /** From the first failed request to the last while the fault stood. */
  readonly degradedMs?: Bounds;
}

/** Moments of a drill that its figures are told by. */
export interface Moments {
  /** The first fault. */
  readonly fault?: number;
  /** The first heal after it, or the first of all where nothing else was broken. */
  readonly heal?: number;
  /** While the fault stood, or from the heal on where there is no fault. */
  readonly window: Span;
}

/** Fault and heal of a drill. */
export function momentsOf({ marks, ms }: Pick<Asked, "marks" | "ms">): Moments {
  const first = (kind: string, from: number) =>
    marks.filter((mark) => mark.kind === kind && mark.at >= from)
      .reduce<number | undefined>((least, { at }) => Math.min(least ?? at, at), undefined);
  const fault = first("fault", -Infinity);
  const heal = first("heal", fault ?? -Infinity);
  const window = fault === undefined
    ? { from: heal ?? 0, to: ms }
    : { from: fault, to: heal ?? ms };
  return {
    ...(fault === undefined ? {} : { fault }),
    ...(heal === undefined ? {} : { heal }),
    window,
  };
}

/** The longest of some outages; those that may have been none count for what is possible only. */
function longest(outages: readonly Outage[]): Bounds {
  const seen = outages.filter((outage) => outage.seen);
  const ms = seen.reduce((most, outage) => Math.max(most, outage.ms), 0);
  return { ms, mostMs: outages.reduce((most, { mostMs }) => Math.max(most, mostMs), ms) };
}

function recovery(outage: Outage, heal: number, { stalls }: Asked): Bounds | undefined {
  if (outage.mostMs === Infinity) return undefined;
  const wait = { from: heal, to: outage.to };
  return { ms: outage.to - heal - covered(wait, stalls), mostMs: outage.to - heal };
}

/** From the first failure while the fault stood to the last, by when they were sent. */
function degraded(requests: readonly Request[], window: Span, asked: Asked): Bounds {
  // What was under way when the fault came failed because of it, from then on.
  const failed = requests.filter(({ at, end, ok }) => !ok && at < window.to && end >= window.from);
  const length = (some: readonly Request[]) => {
    const from = Math.max(window.from, some[0]?.at ?? 0);
    return { from, ms: Math.max(0, (some.at(-1)?.at ?? from) - from) };
  };
  const sure = length(failed.filter(({ spoiled }) => !spoiled));
  const all = length(failed);
  const last = all.from + all.ms + asked.intervalMs * 2;
  const hidden = asked.stalls.find(({ from, to }) => from <= last && to > last);
  const to = hidden === undefined || failed.length === 0 ? 0 : Math.min(hidden.to, window.to);
  return { ms: sure.ms, mostMs: Math.max(all.ms, sure.ms, to - all.from) };
}

/** Bounds of every figure that can be judged. */
export function boundsOf(asked: Asked): JudgedBounds {
  const { fault, heal, window } = momentsOf(asked);
  const outages = outagesOf(asked);
  // One that begins with the heal is what the return cost, though the last answer is older.
  const belongs = (outage: Outage) => heal !== undefined && outage.from >= heal - usualMs(asked);
  const during = outages.filter((one) =>
    one.to > window.from && one.from < window.to && !belongs(one)
  );
  const spanning = during.find(({ to, seen }) => heal !== undefined && seen && to > heal);
  const recoveryMs = spanning && heal !== undefined ? recovery(spanning, heal, asked) : undefined;
  return {
    ...(fault === undefined ? {} : {
      outageMs: longest(during),
      degradedMs: degraded(requestsOf(asked), window, asked),
    }),
    ...(heal === undefined ? {} : { returnMs: longest(outages.filter(belongs)) }),
    ...(recoveryMs === undefined ? {} : { recoveryMs }),
  };
}

/** The time without an answer in which the measurement ended; nothing when it ended with answers. */
export function lastSilence(asked: Asked): Outage | undefined {
  return outagesOf(asked).find(({ seen, mostMs }) => seen && mostMs === Infinity);
}
