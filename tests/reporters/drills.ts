/**
 * Drills as they would be recorded: a failover is simulated request by request.
 * @module
 */
import type { DrillEvent, Event, RequestColumns, Timeline } from "../../src/events.ts";

/** The end of a drill. */
export type DrillEnd = Extract<DrillEvent, { type: "drill-end" }>;

/** What happens in a simulated drill; moments in milliseconds from its fault. */
export interface Failover {
  /** From the fault until the standby holds the address. */
  readonly takeoverMs?: number;
  /** How long two hosts hold it. */
  readonly twoMs?: number;
  /** How long the fault stands. */
  readonly holdMs?: number;
  /** How requests fail in the gap, one after the other. */
  readonly kinds?: readonly string[];
  /** Time between two requests. */
  readonly intervalMs?: number;
  /** When the prober stood still. */
  readonly stall?: readonly [from: number, to: number];
}

/** Moment of the fault in every simulated timeline. */
export const FAULT_AT = 3000;

/** Numbers that look random and are the same every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Simulates a failover from lb1 to lb2 and back. */
export function timeline(spec: Failover = {}): Timeline {
  const { takeoverMs = 160, twoMs = 0, holdMs = 5000, intervalMs = 20 } = spec;
  const healAt = FAULT_AT + holdMs;
  const end = healAt + 6000;
  const backAt = healAt + 1400;
  const requests = simulated(spec, end);
  return {
    startedAt: Date.UTC(2026, 10, 22, 21, 34, 31),
    ms: end,
    intervalMs,
    requests,
    stalls: spec.stall === undefined
      ? []
      : [{ from: FAULT_AT + spec.stall[0], to: FAULT_AT + spec.stall[1] }],
    holders: [
      {
        host: "lb1",
        from: 0,
        to: FAULT_AT + (twoMs > 0 ? takeoverMs + twoMs : takeoverMs - 61),
        uncertaintyMs: 4,
      },
      { host: "lb2", from: FAULT_AT + takeoverMs, to: backAt, uncertaintyMs: 6 },
      { host: "lb1", from: backAt + 3, to: end, uncertaintyMs: 4 },
    ],
    dark: [{ host: "lb3", from: FAULT_AT + 400, to: healAt }],
    watch: [
      { from: 40, to: FAULT_AT + 120, end: "reset", silentMs: 0 },
      { from: FAULT_AT + takeoverMs + 40, to: end, end: "open", silentMs: 0 },
    ],
    backends: ["lb1", "lb2"].flatMap((host) => [
      { host, at: 0, up: 3 },
      ...(host === "lb1"
        ? [{ host, at: FAULT_AT + 700, up: 2 }, { host, at: healAt + 800, up: 3 }]
        : []),
    ]),
    marks: [
      { at: FAULT_AT, kind: "fault", host: "lb1", text: "stop keepalived" },
      { at: healAt, kind: "heal", host: "lb1", text: "start keepalived" },
      { at: healAt + 3900, kind: "steady", text: "all is well again" },
    ],
  };
}

function simulated(
  { takeoverMs = 160, kinds = ["timeout", "refused", "refused"], intervalMs = 20, stall }: Failover,
  end: number,
): RequestColumns {
  const random = numbers(7);
  const words = ["ok", ...new Set(kinds)];
  const [at, ms, kind]: [number[], number[], number[]] = [[], [], []];
  for (let sent = 0; sent < end; sent += intervalMs) {
    const after = sent - FAULT_AT;
    if (stall !== undefined && after >= stall[0] && after < stall[1]) continue;
    const fails = after >= 0 && after < takeoverMs;
    const word = fails ? kinds[at.length % kinds.length] ?? "refused" : "ok";
    at.push(sent + Math.round(random() * 20) / 10);
    ms.push(word === "timeout" ? 1000 : Math.round(30 + random() ** 4 * 400) / 10);
    kind.push(words.indexOf(word));
  }
  return { kinds: words, at, ms, kind };
}

/** The end of a drill in which that happened. */
export function drillEnd(
  name: string,
  spec: Failover = {},
  more: Partial<DrillEnd> = {},
): DrillEnd {
  const seen = timeline(spec);
  const { kinds, kind, at, ms } = seen.requests;
  const answers = at.flatMap((sent, i) => kind[i] === 0 ? [sent + (ms[i] ?? 0)] : [])
    .sort((a, b) => a - b);
  const failed = kind.filter((place) => place !== 0).map((place) => kinds[place] ?? "");
  const counts: Record<string, number> = {};
  for (const word of failed) counts[word] = (counts[word] ?? 0) + 1;
  const gaps = answers.slice(1).map((to, i) => [to - (answers[i] ?? 0), to] as const);
  const inHold = gaps.filter(([, to]) => to > FAULT_AT && to < FAULT_AT + (spec.holdMs ?? 5000));
  const outageMs = Math.round(Math.max(...inHold.map(([gap]) => gap)) * 10) / 10;
  const maxHolders = (spec.twoMs ?? 0) > 0 ? 2 : 1;
  return {
    type: "drill-end",
    at: seen.startedAt + seen.ms,
    endpoint: "load_balancers",
    drill: name,
    title: "the keepalived of the holder is stopped",
    round: 1,
    rounds: 1,
    targets: ["lb1"],
    verdict: "pass",
    reasons: [],
    predictedMs: 306,
    limitMs: 2000,
    judged: "outageMs",
    outageMs,
    requests: at.length,
    failures: failed.length,
    maxHolders,
    figures: {
      outageMs,
      returnMs: 28,
      slowestMs: 1002,
      requests: at.length,
      failures: failed.length,
      failureKinds: counts,
      maxHolders,
      twoHoldersMs: spec.twoMs ?? 0,
      noHolderMs: (spec.twoMs ?? 0) > 0 ? 3 : 64,
      moves: 2,
      watch: "reset after 120 ms",
      stalledMs: spec.stall === undefined ? 0 : spec.stall[1] - spec.stall[0],
      clockMs: 1.2,
    },
    timeline: seen,
    ms: 17_300,
    ...more,
  };
}

const SKIPPED = {
  verdict: "skipped",
  reasons: ["the inventory names no power_command"],
  requests: 0,
  failures: 0,
} as const;

/** What a drill looks like when nothing was broken. */
export function skipped(name: string): DrillEnd {
  const { figures: _, timeline: _1, outageMs: _2, maxHolders: _3, predictedMs: _4, ...rest } =
    drillEnd(name);
  const { limitMs: _5, judged: _6, ...bare } = rest;
  return { ...bare, title: "the holder loses its power", ...SKIPPED };
}

/** Drills of every verdict. */
export const DRILLS: readonly DrillEnd[] = [
  drillEnd("keepalived-stopped"),
  drillEnd("vrrp-blocked", { takeoverMs: 480, twoMs: 5000, kinds: ["closed", "reset"] }, {
    title: "no VRRP packet reaches another load balancer",
    verdict: "fail",
    reasons: ["two hosts held the address for 5,000 ms, allowed 2,000 ms"],
    predictedMs: 780,
    limitMs: 400,
  }),
  drillEnd("haproxy-killed", { stall: [900, 1400] }, {
    verdict: "unknown",
    reasons: ["the prober stood still for 500 ms while the fault stood"],
    predictedMs: 330,
  }),
  skipped("holder-powered-off"),
];

/** A whole run of drills, each with its beginning and its steps. */
export function drillRun(ends: readonly DrillEnd[] = DRILLS): readonly Event[] {
  const at = Date.UTC(2026, 10, 22, 21, 34, 20);
  const counts = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, roundTrips: 9 };
  return [
    { type: "version", format: 1, holdfast: "0.1.0" },
    {
      type: "run-start",
      at,
      mode: "drill",
      play: "drills",
      inventory: "hosts.yaml",
      hosts: ["lb1", "lb2", "lb3"],
      places: { lb1: { file: "hosts.yaml", line: 7, column: 9 } },
    },
    ...ends.flatMap((end): Event[] => [
      {
        type: "drill-start",
        at: end.at - end.ms,
        endpoint: end.endpoint,
        drill: end.drill,
        title: end.title,
        round: end.round,
        rounds: end.rounds,
        targets: end.targets,
      },
      ...(["preflight", "fault", "heal", "settle"] as const).map((phase): Event => ({
        type: "drill-phase",
        at: end.at - 1000,
        endpoint: end.endpoint,
        drill: end.drill,
        phase,
        message: `${phase} of lb1`,
      })),
      end,
    ]),
    ...["lb1", "lb2", "lb3"].map((host): Event => ({
      type: "host-end",
      at: at + 80_000,
      host,
      endpoint: "load_balancers",
    })),
    {
      type: "run-end",
      at: at + 80_000,
      exitCode: 3,
      hosts: { lb1: counts, lb2: counts, lb3: counts },
      ms: 80_000,
    },
  ];
}
