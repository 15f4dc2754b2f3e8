/**
 * The part of a timeline that is worth looking at, and the marks of its scale.
 * @module
 */
import type { Span, Timeline } from "../../events.ts";

/** A stretch of a timeline, and the moment that its scale counts from. */
export interface Focus extends Span {
  /** Moment 0 of the scale. */
  readonly origin: number;
  /** What happened then. */
  readonly about: "fault" | "heal" | "start";
}

const BEFORE_MS = 1000;
const AFTER_MS = 2000;
/** How many times the end of the outage is long after it. */
const LONG_AFTER = 2;
/** What a close-up shows at least, and before and after it as a part of that. */
const LEAST_MS = 50;
const MARGIN = 0.25;
/** A close-up must show at least twice as much as what it is taken from. */
const WORTH = 0.5;

/**
 * From one second before the fault to two after the last thing that happened. Where nothing was
 * broken, the heal counts, and without both the start.
 */
export function focusOf(timeline: Timeline): Focus {
  const { marks, ms } = timeline;
  const first = (kind: string) => marks.find((mark) => mark.kind === kind)?.at;
  const [fault, heal] = [first("fault"), first("heal")];
  const about = fault !== undefined ? "fault" : heal !== undefined ? "heal" : "start";
  const origin = fault ?? heal ?? 0;
  const last = largest(origin, happenings(timeline));
  const from = Math.max(0, origin - BEFORE_MS);
  const to = Math.min(ms, last + AFTER_MS);
  return { origin, about, from, to: Math.max(to, from + 1) };
}

/**
 * What the fault did until it was healed, nearer; nothing where that would show no more.
 *
 * @param outage where the outage lies: what happens long after it is left to the whole
 */
export function closeUpOf(timeline: Timeline, outage?: Span): Focus | undefined {
  const whole = focusOf(timeline);
  if (whole.about !== "fault") return undefined;
  const heal = timeline.marks.find(({ kind }) => kind === "heal")?.at ?? whole.to;
  const until = outage === undefined
    ? heal
    : Math.min(heal, whole.origin + (outage.to - whole.origin) * LONG_AFTER);
  const moments = happenings(timeline).filter((at) => at >= whole.origin && at < until);
  const begin = Math.min(whole.origin, outage?.from ?? whole.origin);
  const end = largest(Math.max(begin + LEAST_MS, outage?.to ?? begin), moments);
  const margin = (end - begin) * MARGIN;
  const from = Math.max(0, begin - margin);
  const to = Math.min(timeline.ms, end + margin);
  const worth = moments.length > 1 && to - from < (whole.to - whole.from) * WORTH;
  return worth ? { ...whole, from, to } : undefined;
}

/** Thousands of requests are more arguments than `Math.max` takes. */
function largest(least: number, values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), least);
}

/** Moments at which something was not as before. */
function happenings({ marks, requests, holders, dark, watch, backends, ms }: Timeline): number[] {
  const inside = (at: number) => at > 0 && at < ms;
  return [
    ...marks.map(({ at }) => at),
    ...requests.at.flatMap((at, i) =>
      requests.kinds[requests.kind[i] ?? -1] === "ok" ? [] : [at + (requests.ms[i] ?? 0)]
    ),
    ...holders.flatMap(({ from, to }) => [from, to]),
    ...dark.flatMap(({ from, to }) => [from, to]),
    ...watch.flatMap(({ to, end }) => end === "open" ? [] : [to]),
    ...backends.map(({ at }) => at),
  ].filter(inside);
}

/**
 * Round moments of a scale, at most so many, counted from its origin.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ticksOf } from "./focus.ts";
 *
 * const focus = { from: 1000, to: 4200, origin: 2000, about: "fault" } as const;
 * assertEquals(ticksOf(focus, 5), [{ at: 1000, text: "-1" }, { at: 2000, text: "0" },
 *   { at: 3000, text: "1" }, { at: 4000, text: "2" }]);
 * ```
 */
export function ticksOf({ from, to, origin }: Focus, most: number): { at: number; text: string }[] {
  // Nothing that is drawn is measured finer.
  const least = Math.max(1, (to - from) / Math.max(1, most));
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) ?? least;
  const digits = Math.min(3, Math.max(0, -Math.floor(Math.log10(step / 1000) + 1e-9)));
  const first = Math.ceil((from - origin) / step - 1e-9);
  const count = Math.floor((to - origin) / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const after = (first + i) * step;
    return {
      at: origin + after,
      text: (after / 1000 + 0).toFixed(digits).replace(/^-(0\.?0*)$/, "$1"),
    };
  });
}
