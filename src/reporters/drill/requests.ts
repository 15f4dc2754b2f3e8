/**
 * The requests of a timeline, read slice by slice.
 * @module
 */
import type { Span, Timeline } from "../../events.ts";

/** One request, its kind in words. */
export interface Request {
  /** When it was sent. */
  readonly at: number;
  /** How long it took. */
  readonly ms: number;
  /** `ok`, or how it failed. */
  readonly kind: string;
}

/** How a slice of time went. */
export type SliceState = "answered" | "some" | "none" | "quiet" | "stalled";

/** The columns as requests; one that a broken file has cut short is left out. */
export function requestsOf({ requests: { kinds, at, ms, kind } }: Timeline): Request[] {
  return at.flatMap((at, i) => {
    const [took, word] = [ms[i], kinds[kind[i] ?? -1]];
    return took === undefined || word === undefined ? [] : [{ at, ms: took, kind: word }];
  });
}

/** How each of so many slices of a stretch went, by the requests that were sent in it. */
export function sliceStates(timeline: Timeline, { from, to }: Span, count: number): SliceState[] {
  const width = (to - from) / count;
  // A slice that is narrower than the interval is as the request beside it.
  const margin = Math.max(0, (timeline.intervalMs - width) / 2);
  const all = requestsOf(timeline).sort((a, b) => a.at - b.at);
  let first = 0;
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [from + i * width - margin, from + (i + 1) * width + margin];
    while ((all[first]?.at ?? Infinity) < start) first += 1;
    let [answered, failed] = [0, 0];
    for (let at = first; (all[at]?.at ?? Infinity) < end; at += 1) {
      if (all[at]?.kind === "ok") answered += 1;
      else failed += 1;
    }
    if (answered + failed > 0) return failed === 0 ? "answered" : answered === 0 ? "none" : "some";
    return timeline.stalls.some((it) => it.from < end && it.to > start) ? "stalled" : "quiet";
  });
}

/**
 * Where the outage of a figure lies: of the stretches between two answers that were complete, from
 * the fault to the heal, the one of that length. Nothing where there is none, as where a stall was
 * taken off the figure: no picture shows what was not judged.
 */
export function outageSpan(timeline: Timeline, outageMs: number | undefined): Span | undefined {
  if (outageMs === undefined || outageMs <= 0) return undefined;
  const when = (kind: string) => timeline.marks.find((mark) => mark.kind === kind)?.at;
  const [fault, heal] = [when("fault") ?? 0, when("heal") ?? timeline.ms];
  const answers = requestsOf(timeline).filter(({ kind }) => kind === "ok")
    .map(({ at, ms }) => at + ms).sort((a, b) => a - b);
  const spans = answers.slice(1).map((to, i) => ({ from: answers[i] ?? to, to }));
  return spans.find(({ from, to }) =>
    to > fault && from < heal && Math.abs(to - from - outageMs) <= 1
  );
}
