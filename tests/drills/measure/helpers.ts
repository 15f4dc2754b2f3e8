/**
 * Makes records as samplers and probers make them, from a truth that the test knows.
 * @module
 */
import type { Mark, Timeline } from "../../../src/drill_events.ts";
import type { ClockReading, HostRecord, RequestSample } from "../../../src/drills/model.ts";

/** Address that all records are about. */
export const ADDRESS = "10.88.0.10";

/** Epoch milliseconds as the host's `date` prints them. */
export function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, "0")}`;
}

/** Epoch milliseconds as `ip -ts` prints them. */
export function stamp(ms: number): string {
  const whole = Math.floor(ms);
  const micros = String(Math.floor((ms - whole) * 1000)).padStart(3, "0");
  return `[${new Date(whole).toISOString().slice(0, -1)}${micros}]`;
}

/** A line of the monitor. */
export function addrLine(wallMs: number, held: boolean, address = `${ADDRESS}/32`): string {
  const word = held ? "" : "Deleted ";
  return `addr ${
    stamp(wallMs)
  } ${word}2: host0    inet ${address} scope global host0\\       valid`;
}

/** A host's clock, as a function of the controller's. */
export interface Clock {
  /** Wall clock at moment 0. */
  readonly wall: number;
  /** Time since boot at moment 0. */
  readonly uptime: number;
  /** Parts per million that it runs faster than the controller's. */
  readonly ppm?: number;
  /** When it is set, and by how much. */
  readonly step?: { readonly at: number; readonly by: number };
}

/** Both clocks of a host at a moment of the controller's. */
export function read({ wall, uptime, ppm = 0, step }: Clock, at: number) {
  const passed = at * (1 + ppm / 1e6);
  const set = step !== undefined && at >= step.at ? step.by : 0;
  // As in /proc/uptime, hundredths of a second, cut off.
  return { wallMs: wall + passed + set, uptimeMs: Math.floor((uptime + passed) / 10) * 10 };
}

/** An exchange about the clock: the host reads it a while after the question left. */
export function exchange(clock: Clock, sentAt: number, there = 1, back = 1): ClockReading {
  const { wallMs: hostMs, uptimeMs } = read(clock, sentAt + there);
  return { sentAt, receivedAt: sentAt + there + back, hostMs, uptimeMs };
}

/** Something that a sampler sees. */
export type Seen =
  | { readonly at: number; readonly held: boolean }
  | { readonly at: number; readonly up: number }
  | { readonly at: number; readonly raw: string };

/** One run of a sampler, from a moment to another. */
export interface Watch {
  readonly from: number;
  readonly to: number;
  readonly holds: boolean;
  readonly boot?: string;
  readonly seen?: readonly Seen[];
  /** It was stopped in order. */
  readonly ends?: boolean;
}

/** What a sampler writes. */
export function spoolOf(clock: Clock, watch: Watch): string {
  const { from, to, holds, boot = "b-1", seen = [], ends = false } = watch;
  const ns = (at: number) => nanoseconds(read(clock, at).wallMs);
  const both = (at: number) => `${ns(at)} ${(read(clock, at).uptimeMs / 1000).toFixed(2)}`;
  const lines: { at: number; text: string }[] = [
    { at: from, text: `boot ${both(from)} ${boot}` },
    { at: from + 1, text: `holds ${ns(from + 1)} ${holds ? 1 : 0}` },
    ...seen.map((one) => {
      if ("raw" in one) return { at: one.at, text: one.raw };
      if ("up" in one) return { at: one.at, text: `up ${ns(one.at)} ${one.up}` };
      return { at: one.at, text: addrLine(read(clock, one.at).wallMs, one.held) };
    }),
  ];
  for (let at = from + 2; at <= to; at += 500) lines.push({ at, text: `clock ${both(at)}` });
  lines.push({ at: to, text: ends ? `end ${ns(to)}` : `clock ${both(to)}` });
  return lines.sort((a, b) => a.at - b.at).map(({ text }) => `${text}\n`).join("");
}

/** A clock that nobody touches, far from the controller's. */
export const CLOCK: Clock = { wall: 1_795_000_000_000.25, uptime: 86_400_000 };

/** A record of a host under one kernel, its clock read before and after. */
export function recordOf(host: string, watch: Watch, clock: Clock = CLOCK): HostRecord {
  const end = Math.max(10_000, watch.to);
  return {
    host,
    spool: spoolOf(clock, watch),
    clock: [exchange(clock, -900), exchange(clock, -800), exchange(clock, end)],
    off: [],
  };
}

/** Requests of a service that answers whenever `up` says so. */
export function requestsOf(
  up: (at: number) => boolean,
  { ms = 10_000, every = 20, took = 5 } = {},
): RequestSample[] {
  return Array.from({ length: Math.floor(ms / every) }, (_, i) => {
    const at = i * every;
    return { at, ms: took, kind: up(at + took) ? "ok" : "refused" };
  });
}

/** A mark. */
export const mark = (at: number, kind: Mark["kind"], host?: string): Mark => ({
  at,
  kind,
  text: kind,
  ...(host === undefined ? {} : { host }),
});

/** A timeline of these requests; nothing else was seen. */
export function timelineOf(
  samples: readonly RequestSample[],
  marks: readonly Mark[],
  rest: Partial<Timeline> = {},
): Timeline {
  const kinds = [...new Set(["ok", ...samples.map(({ kind }) => kind)])];
  return {
    startedAt: 1_795_000_000_000,
    ms: Math.max(0, ...samples.map(({ at, ms }) => at + ms), ...marks.map(({ at }) => at)),
    intervalMs: 20,
    requests: {
      kinds,
      at: samples.map(({ at }) => at),
      ms: samples.map(({ ms }) => ms),
      kind: samples.map(({ kind }) => kinds.indexOf(kind)),
    },
    stalls: [],
    holders: [],
    dark: [],
    watch: [],
    backends: [],
    marks,
    ...rest,
  };
}
