/**
 * Everything that was seen during a drill, put on one clock. Pure.
 * @module
 */
import type { BackendCount, Mark, RequestColumns, Span, Timeline } from "../../drill_events.ts";
import type { HostRecord, ProbeRecord, RequestSample } from "../model.ts";
import { type Frame, hostSeen } from "./holders.ts";
import { requestsOf } from "./outages.ts";
import { union } from "./spans.ts";

/** What was brought back from a drill. Moments are the controller's monotonic milliseconds. */
export interface TimelineInput {
  /** What the prober saw. */
  readonly probe: ProbeRecord;
  /** What each member recorded. */
  readonly hosts: readonly HostRecord[];
  /** What was done. */
  readonly marks: readonly Mark[];
  /** The virtual address. */
  readonly address: string;
  /** Time between two requests that was asked for. */
  readonly intervalMs: number;
  /** Moment 0 of the timeline: the first request. */
  readonly zero: number;
  /** Moment 0, epoch milliseconds. */
  readonly startedAt: number;
  /** When everything was over; what comes after the last request and the last mark is left out. */
  readonly end: number;
}

/** Intervals without a request after which the prober stood still, whether it knows or not. */
const MISSED = 5;

/** And the time, in milliseconds, that this is at least. */
const MISSED_MS = 100;

/** To tenths of a millisecond: nothing here is known better. */
const round = (ms: number): number => Math.round(ms * 10) / 10;

const rounded = <T extends Span>(span: T): T => ({
  ...span,
  from: round(span.from),
  to: round(span.to),
});

function columnsOf(samples: readonly RequestSample[], zero: number): RequestColumns {
  const kinds = ["ok"];
  const places = new Map([["ok", 0]]);
  const kind = samples.map((sample) => {
    const place = places.get(sample.kind) ?? kinds.length;
    if (place === kinds.length) kinds.push(sample.kind);
    places.set(sample.kind, place);
    return place;
  });
  return {
    kinds,
    at: samples.map(({ at }) => round(at - zero)),
    ms: samples.map(({ ms }) => round(Math.max(0, ms))),
    kind,
  };
}

/** Times in which no request was sent, and those that the prober knows of. */
function stallsOf({ stalls }: ProbeRecord, at: readonly number[], input: TimelineInput): Span[] {
  const { intervalMs, zero } = input;
  const most = Math.max(MISSED * intervalMs, MISSED_MS);
  const missed = at.slice(1).flatMap((to, i) => {
    const from = (at[i] ?? to) + intervalMs;
    return to - from > most ? [{ from, to }] : [];
  });
  const known = stalls.map(({ from, to }) => ({ from: from - zero, to: to - zero }));
  return union([...known, ...missed]).map(rounded);
}

/** What makes the whole measurement doubtful from the prober's side. */
function probeDoubts(timeline: Timeline): readonly string[] {
  const begun = Math.min(...timeline.marks.map(({ at }) => at));
  const before = requestsOf(timeline).filter(({ end }) => end <= begun);
  const failed = before.filter(({ ok, spoiled }) => !ok && !spoiled).length;
  if (timeline.requests.at.length === 0) return ["nothing was asked"];
  if (!before.some(({ ok }) => ok)) return ["nothing was answered before anything was broken"];
  return failed > 0
    ? [`${failed} ${failed === 1 ? "request" : "requests"} failed before anything was broken`]
    : [];
}

/**
 * Puts everything on one clock, moments rounded to tenths of a millisecond. Gives the timeline, and
 * what cannot be trusted in it, a sentence each. The prober's stalls are in the timeline, and no
 * doubt by themselves: whether they matter is for the judge.
 */
export function buildTimeline(
  input: TimelineInput,
): { readonly timeline: Timeline; readonly doubts: readonly string[] } {
  const { probe, zero, hosts, address } = input;
  const samples = [...probe.requests].sort((a, b) => a.at - b.at);
  const requests = columnsOf(samples, zero);
  const marks = input.marks.map((mark) => ({ ...mark, at: round(mark.at - zero) }))
    .sort((a, b) => a.at - b.at);
  const last = [
    ...samples.map(({ at, ms }) => at - zero + ms),
    ...marks.map(({ at }) => at),
  ].reduce((most, at) => Math.max(most, at), 0);
  const ms = round(Math.max(0, Math.min(input.end - zero, last)));
  const frame: Frame = { zero, end: zero + ms, address, marks };
  const seen = hosts.map((host) => hostSeen(host, frame));
  const timeline: Timeline = {
    startedAt: input.startedAt,
    ms,
    intervalMs: input.intervalMs,
    requests,
    stalls: stallsOf(probe, requests.at, input),
    holders: seen.flatMap(({ spans }) => spans).map(rounded).map((span) => ({
      ...span,
      uncertaintyMs: Math.ceil(span.uncertaintyMs * 10) / 10,
    })).sort((a, b) => a.from - b.from),
    dark: seen.flatMap(({ dark }) => dark).map(rounded),
    watch: probe.watch.map(({ from, to, end, silentMs }) => ({
      from: round(from - zero),
      to: round(to - zero),
      end,
      silentMs: round(silentMs),
    })),
    backends: seen.flatMap(({ backends }) => backendsWithin(backends, ms)),
    marks,
  };
  return { timeline, doubts: [...probeDoubts(timeline), ...seen.flatMap(({ doubts }) => doubts)] };
}

/** Changes within the timeline; how it stood at its beginning is told at moment 0. */
function backendsWithin(counts: readonly BackendCount[], ms: number): readonly BackendCount[] {
  const first = counts.filter(({ at }) => at <= 0).at(-1);
  const later = counts.filter(({ at }) => at > 0 && at <= ms);
  const all = first === undefined ? later : [{ ...first, at: 0 }, ...later];
  return all.map((count) => ({ ...count, at: round(count.at) }));
}
