/**
 * Who held the address, by what every host recorded of itself. Pure.
 * @module
 */
import type { BackendCount, HolderSpan, Mark, Span } from "../../drill_events.ts";
import type { HostRecord } from "../model.ts";
import { alignSpool, type Placed } from "./clocks.ts";
import { covered, lengthOf, without } from "./spans.ts";
import { figure } from "./words.ts";
import { parseSpool } from "./spool.ts";

/** What is known of one host, in milliseconds since moment 0. */
export interface HostSeen {
  /** When it held the address. */
  readonly spans: readonly HolderSpan[];
  /** When it could not be seen: it claims nothing then. */
  readonly dark: readonly (Span & { readonly host: string })[];
  /** API servers that it could use, changes only. */
  readonly backends: readonly BackendCount[];
  /** What cannot be trusted, sentences that name the host. */
  readonly doubts: readonly string[];
}

/** How the moments of a drill are told. */
export interface Frame {
  /** Moment 0 and the end, the controller's monotonic milliseconds. */
  readonly zero: number;
  readonly end: number;
  /** The address. */
  readonly address: string;
  /** What was done, in milliseconds since moment 0. */
  readonly marks: readonly Mark[];
}

/** A sampler writes every 500 ms; after so long without a line nobody looked. */
const SILENT_MS = 2500;

/** A sampler that begins again looks again: so short a time hides no state. */
const BLIND_MS = 1000;

/** What a host that loses power had not put on its disk yet. */
const UNSAVED_MS = 6000;

/** Moments that are off by more do not tell an overlap from a gap. */
const LOOSE_MS = 50;

type Run = { readonly boot: string; readonly lines: readonly Placed[] };

/** When the sampler of a run was at work. */
function watched({ lines }: Run): readonly Span[] {
  const found: { from: number; to: number }[] = [];
  for (const { at } of lines) {
    const last = found.at(-1);
    if (last === undefined || at - last.to > SILENT_MS) found.push({ from: at, to: at });
    else last.to = at;
  }
  return found;
}

/** A time in which the address was there. */
interface Held extends Span {
  /** By how much the two moments may be off. */
  readonly uncertaintyMs: number;
  /** It was still there when the last line was written. */
  readonly open: boolean;
}

/** When the address was there, by the lines of one run. */
function heldIn({ lines }: Run): readonly Held[] {
  const found: Held[] = [];
  let on = new Set<string>();
  let since: Placed | undefined;
  const close = (by: Placed, open: boolean) => {
    if (since === undefined) return;
    const uncertaintyMs = Math.max(since.uncertaintyMs, by.uncertaintyMs);
    found.push({ from: since.at, to: by.at, uncertaintyMs, open });
    since = undefined;
  };
  for (const placed of lines) {
    const { line } = placed;
    // Of an address that was there before, nobody said on which interface.
    if (line.kind === "holds") on = line.holds ? (on.size > 0 ? on : new Set(["?"])) : new Set();
    else if (line.kind === "addr" && line.held) on.add(line.interface);
    else if (line.kind === "addr") {
      on = new Set([...on].filter((i) => i !== "?" && i !== line.interface));
    }
    if (on.size === 0) close(placed, false);
    else since ??= placed;
  }
  const last = lines.at(-1);
  if (last !== undefined) close(last, true);
  return found;
}

/** Whether a time without a look is what the drill did to the host. */
function excused(dark: Span, record: HostRecord, runs: readonly Run[], frame: Frame): boolean {
  const off = record.off.map(({ from, to }) => ({
    from: from - frame.zero - UNSAVED_MS,
    to: to - frame.zero,
  }));
  if (covered(dark, off) >= lengthOf(dark)) return true;
  const next = runs.findIndex(({ lines }) => (lines[0]?.at ?? 0) >= dark.to);
  const [before, after] = [runs[next - 1], runs[next]];
  // It went down and came up again: with another kernel, and because of something done to it.
  return before !== undefined && after !== undefined && before.boot !== after.boot &&
    frame.marks.some(({ at, host, kind }) =>
      host === record.host && kind !== "heal" && at >= dark.from - 60_000 &&
      at <= dark.from + UNSAVED_MS
    );
}

/** Up to when a host is known that was brought down: what it had not saved is told by the fault. */
function lastMoment(span: Span, record: HostRecord, frame: Frame): number {
  const limits = [
    ...frame.marks.filter(({ host, kind }) =>
      host === record.host && (kind === "fault" || kind === "prepare")
    ).map(({ at }) => at),
    ...record.off.map(({ from }) => from - frame.zero),
  ];
  const next = limits.filter((at) => at >= span.to && at <= span.to + UNSAVED_MS);
  return next.length > 0 ? Math.min(...next) : span.to;
}

function backendsOf(host: string, runs: readonly Run[]): readonly BackendCount[] {
  const counts = runs.flatMap(({ lines }) =>
    lines.flatMap(({ line, at }) => line.kind === "up" ? [{ at, host, up: line.up }] : [])
  );
  return counts.filter(({ up }, i) => counts[i - 1]?.up !== up);
}

/** Runs with moments since moment 0. */
function framed(runs: readonly Run[], zero: number): readonly Run[] {
  return runs.map(({ boot, lines }) => ({
    boot,
    lines: lines.map((placed) => ({ ...placed, at: placed.at - zero })),
  }));
}

/** When the host was watched; the last line stands for a moment longer while all is well. */
function lookedAt(record: HostRecord, runs: readonly Run[], frame: Frame): readonly Span[] {
  const ms = frame.end - frame.zero;
  const spans = runs.flatMap(watched);
  const off = record.off.map(({ from, to }) => ({ from: from - frame.zero, to: to - frame.zero }));
  return spans.map((span, i) => {
    const next = spans[i + 1];
    const tail = { from: span.to, to: next?.from ?? ms };
    const quiet = next === undefined && lengthOf(tail) <= SILENT_MS && covered(tail, off) === 0;
    const down = covered(tail, off) > 0 ||
      (next !== undefined && excused(tail, record, runs, frame));
    if (quiet) return { from: span.from, to: Math.max(span.to, ms) };
    return down ? { from: span.from, to: lastMoment(span, record, frame) } : span;
  });
}

function doubtsOf(
  record: HostRecord,
  runs: readonly Run[],
  dark: readonly Span[],
  frame: Frame,
): readonly string[] {
  const { host } = record;
  const begun = Math.min(...frame.marks.map(({ at }) => at));
  const blind = dark.filter((span) =>
    span.to > begun && lengthOf(span) > BLIND_MS && !excused(span, record, runs, frame)
  );
  const told = runs.flatMap(({ lines }) => lines)
    .filter(({ line, at }) => line.kind === "addr" || (line.kind === "holds" && at > 0));
  const loose = told.reduce((most, { uncertaintyMs }) => Math.max(most, uncertaintyMs), 0);
  return [
    ...blind.map((span) =>
      `nobody saw for ${figure(lengthOf(span))} ms whether ${host} held the address`
    ),
    ...loose > LOOSE_MS ? [`moments of ${host} are known to ±${figure(loose)} ms only`] : [],
  ];
}

function unreadable(host: string, lines: number): string {
  if (lines === 1) return `1 line of what ${host} recorded means nothing`;
  return `${lines} lines of what ${host} recorded mean nothing`;
}

/** What one host recorded, as spans and doubts. */
export function hostSeen(record: HostRecord, frame: Frame): HostSeen {
  const { host } = record;
  const spool = parseSpool(record.spool, frame.address);
  const aligned = alignSpool(host, spool, record.clock);
  const runs = framed(aligned.runs, frame.zero);
  const whole = { from: 0, to: frame.end - frame.zero };
  const looked = lookedAt(record, runs, frame);
  const dark = without(whole, looked);
  const spans = runs.flatMap((run) => {
    const last = run.lines.at(-1)?.at ?? 0;
    return heldIn(run).flatMap(({ from: began, to: ended, open, uncertaintyMs }) => {
      // What was held when the last line was written was held for as long as anybody knows.
      const until = looked.find(({ from, to }) => from <= last && to >= last)?.to ?? last;
      const clipped = { from: Math.max(0, began), to: Math.min(whole.to, open ? until : ended) };
      return without(clipped, dark).map((part) => ({ ...part, host, uncertaintyMs }));
    });
  });
  const { skipped } = spool;
  return {
    spans: spans.filter((span) => lengthOf(span) > 0),
    dark: dark.map((span) => ({ ...span, host })),
    backends: backendsOf(host, runs),
    doubts: [
      ...spool.runs.length === 0 ? [`${host} recorded nothing`] : [],
      ...skipped > 0 ? [unreadable(host, skipped)] : [],
      ...aligned.doubts,
      ...doubtsOf(record, runs, dark, frame),
    ],
  };
}
