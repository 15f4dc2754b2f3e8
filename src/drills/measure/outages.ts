/**
 * From requests to outages. Pure.
 *
 * An outage is the time from the last success before it to the first success after it, by when they
 * were complete. A failure belongs to the time in which it was sent: one that is told by a deadline
 * is told long after.
 * @module
 */
import type { Span, Timeline } from "../../drill_events.ts";
import { covered, lengthOf, shared } from "./spans.ts";

/** What of a timeline says whether the service answered. */
export type Asked = Pick<Timeline, "ms" | "intervalMs" | "requests" | "stalls" | "marks">;

/** One request. */
export interface Request {
  /** When it was sent. */
  readonly at: number;
  /** When it was answered, or had failed. */
  readonly end: number;
  /** It was answered. */
  readonly ok: boolean;
  /** The prober stood still while it waited: that it failed says nothing of the service. */
  readonly spoiled: boolean;
}

/** A time without an answer. */
export interface Outage extends Span {
  /** Its length without what the prober stood still: it was not less. */
  readonly ms: number;
  /** What it was at most; infinite where it did not end. */
  readonly mostMs: number;
  /** There was one: requests failed, or none was answered for much longer than usual. */
  readonly seen: boolean;
}

/** How many times the usual time between two answers is much longer than usual. */
const MUCH = 3;

/** And how many intervals it is at least. */
const INTERVALS = 5;

/** Requests of a timeline, in the order in which they were sent. */
export function requestsOf({ requests, stalls }: Asked): readonly Request[] {
  const found = requests.at.map((at, i) => {
    const end = at + (requests.ms[i] ?? 0);
    const ok = requests.kinds[requests.kind[i] ?? 0] === "ok";
    // A request of no length is in a stall too.
    const spoiled = !ok && stalls.some(({ from, to }) => at <= to && end >= from);
    return { at, end, ok, spoiled };
  });
  return found.sort((a, b) => a.at - b.at);
}

/** When answers were complete, in order. */
function answersOf(requests: readonly Request[]): readonly number[] {
  return requests.filter(({ ok }) => ok).map(({ end }) => end).sort((a, b) => a - b);
}

/** A time without an answer that is usual: of the healthy service, on this machine. */
export function usualMs(asked: Asked): number {
  const begun = Math.min(asked.ms, ...asked.marks.map(({ at }) => at));
  const answers = answersOf(requestsOf(asked)).filter((at) => at <= begun);
  const gaps = answers.slice(1).map((at, i) => at - (answers[i] ?? at)).sort((a, b) => a - b);
  // Not the longest: a hiccup in the healthy time would hide an outage.
  const common = gaps[Math.floor(gaps.length * 0.95)] ?? 0;
  return Math.max(asked.intervalMs * INTERVALS, common * MUCH);
}

/** Times between two answers, before the first and after the last. */
function silences(requests: readonly Request[], answers: readonly number[]): readonly Span[] {
  const last = requests.reduce((most, { end }) => Math.max(most, end), 0);
  const first = Math.min(0, requests[0]?.at ?? 0);
  const moments = [first, ...answers, Math.max(last, answers.at(-1) ?? 0)];
  return moments.slice(1).map((to, i) => ({ from: moments[i] ?? to, to }));
}

/** Silences in which a request was sent that failed. */
function failedIn(spans: readonly Span[], failed: readonly Request[]): ReadonlySet<Span> {
  const found = new Set<Span>();
  let place = 0;
  for (const { at } of failed) {
    while (place < spans.length - 1 && (spans[place]?.to ?? Infinity) <= at) place++;
    const span = spans[place];
    if (span !== undefined) found.add(span);
  }
  return found;
}

/**
 * Outages in order, and the times without an answer that may have been one (`seen` is false): the
 * prober stood still in them, or before it knew how their requests ended. Its stalls are cut out of
 * every length.
 */
export function outagesOf(asked: Asked): readonly Outage[] {
  const requests = requestsOf(asked);
  const answers = answersOf(requests);
  const spans = silences(requests, answers);
  const failed = failedIn(spans, requests.filter(({ ok, spoiled }) => !ok && !spoiled));
  const spoiled = failedIn(spans, requests.filter((request) => request.spoiled));
  const usual = usualMs(asked);
  return spans.flatMap((span, i) => {
    const stalled = covered(span, asked.stalls);
    const ms = lengthOf(span) - stalled;
    // Before the first answer and after the last, only failures tell: nobody may have asked.
    const inside = i > 0 && i < spans.length - 1;
    const seen = failed.has(span) || (inside && ms > usual);
    const touched = spoiled.has(span) ||
      asked.stalls.some((stall) => shared(stall, span) !== undefined);
    if (!seen && !touched) return [];
    const open = i === spans.length - 1 && failed.has(span);
    // An answer that came while the prober stood still was told when it went on.
    const early = asked.stalls.filter(({ from, to }) =>
      from < span.from && to >= span.from - asked.intervalMs
    ).reduce((least, { from }) => Math.min(least, from), span.from);
    return [{ ...span, ms, mostMs: open ? Infinity : span.to - early, seen }];
  });
}
