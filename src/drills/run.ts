/**
 * A run of drills: one fault at a time, endpoint after endpoint. Everything it has to say is an
 * event.
 * @module
 */
import { EXIT } from "../errors.ts";
import type { Endpoint, Source } from "../model.ts";
import { Tally } from "../runner/tally.ts";
import type { Event } from "../events.ts";
import { attempt, type Outcome } from "./attempt.ts";
import { emitEnd, emitStart, type Round } from "./ends.ts";
import { Fleet } from "./fleet.ts";
import { lockAll, lockText, type LockWish, sayHeld } from "./locks.ts";
import type { Drill, DrillEffects } from "./model.ts";

/** What a run of drills is about. */
export interface DrillSpec {
  /** The inventory as the user typed it. */
  readonly inventory: string;
  /** Where, one after the other. */
  readonly endpoints: readonly Endpoint[];
  /** What, in this order. */
  readonly drills: readonly Drill[];
  /** How often each of them is run. */
  readonly rounds: number;
  /** Most that an outage may be, in milliseconds. @default what the inventory promises */
  readonly maxOutageMs?: number;
  /** How often a drill whose measurement cannot be trusted is run again. */
  readonly retries: number;
  /** What is said to others who want to work on the hosts. */
  readonly lock: LockWish;
  /** Where a host is written in the inventory. @default {nowhere} */
  readonly placeOf?: (host: string) => Source | undefined;
}

/** How a run goes, as far as the exit code is concerned. */
interface Course {
  readonly codes: Set<number>;
  passed: number;
  skipped: number;
}

/** Runs drills, and gives the exit code. Every host is left as it was, or it is said which is not. */
export async function runDrills(spec: DrillSpec, outer: DrillEffects): Promise<number> {
  const hosts = [
    ...new Set(spec.endpoints.flatMap(({ members }) => members.map(({ host }) => host.name))),
  ];
  const tally = new Tally(hosts);
  const emit = (event: Event) => {
    tally.add(event);
    outer.emit(event);
  };
  const effects = { ...outer, emit };
  const since = effects.now();
  const places = Object.fromEntries(hosts.flatMap((host) => {
    const place = spec.placeOf?.(host);
    return place === undefined ? [] : [[host, place] as const];
  }));
  const { inventory } = spec;
  emit({ type: "run-start", at: since, mode: "drill", play: "drills", inventory, hosts, places });
  const course: Course = { codes: new Set(), passed: 0, skipped: 0 };
  const trips = new Map<string, number>();
  for (const endpoint of spec.endpoints) {
    if (effects.signal.aborted) break;
    const fleet = new Fleet(
      endpoint.members.map(({ host }) => host),
      effects,
      () => lockText(spec.lock, effects.now()),
    );
    try {
      await drillEndpoint(spec, endpoint, fleet, course, effects);
    } finally {
      await fleet.close();
    }
    for (const host of fleet.names) {
      trips.set(host, (trips.get(host) ?? 0) + fleet.trips(host));
      emit({ type: "host-end", at: effects.now(), host, endpoint: endpoint.name });
    }
  }
  const exitCode = exitCodeOf(course, effects);
  const recap = Object.fromEntries(
    Object.entries(tally.recap()).map((
      [host, counts],
    ) => [host, { ...counts, roundTrips: trips.get(host) ?? 0 }]),
  );
  const at = effects.now();
  emit({ type: "run-end", at, exitCode, hosts: recap, ms: at - since });
  return exitCode;
}

async function drillEndpoint(
  spec: DrillSpec,
  endpoint: Endpoint,
  fleet: Fleet,
  course: Course,
  effects: DrillEffects,
): Promise<void> {
  if (!await ready(spec, endpoint, fleet, course, effects)) return;
  let blocked: string | undefined;
  for (const drill of spec.drills) {
    for (let number = 1; number <= spec.rounds; number++) {
      if (effects.signal.aborted) return;
      const round = { endpoint, drill, number, rounds: spec.rounds, since: effects.now() };
      const outcome = blocked === undefined
        ? await repeated(spec, round, fleet, effects)
        : notBegun(blocked);
      emitEnd(round, outcome, effects);
      count(outcome, course);
      if (outcome.refused) blocked ??= "all was not well before an earlier drill";
      if (outcome.left) blocked ??= "an earlier drill did not leave every host as it was";
      if (outcome.verdict === "skipped") break;
    }
  }
}

/** Connects and locks. */
async function ready(
  { lock }: DrillSpec,
  { name }: Endpoint,
  fleet: Fleet,
  { codes }: Course,
  effects: DrillEffects,
): Promise<boolean> {
  const { emit, now } = effects;
  const task = { kind: "connect", task: "connect", endpoint: name } as const;
  const since = now();
  for (const host of fleet.names) emit({ type: "task-start", at: since, host, ...task });
  const { lost, failed, held } = await lockAll(fleet, lock, effects);
  for (const host of fleet.names) {
    const error = lost.get(host)?.message ?? failed.get(host);
    const status = lost.has(host) ? "unreachable" : failed.has(host) ? "failed" : "ok";
    const said = error === undefined ? {} : { error: `Cannot drill "${host}": ${error}` };
    const at = now();
    emit({ type: "task-end", at, host, ...task, status, changes: [], ms: at - since, ...said });
  }
  if (held !== undefined) {
    sayHeld(held, effects);
    codes.add(EXIT.stale);
  }
  if (lost.size > 0) codes.add(EXIT.unreachable);
  if (failed.size > 0) codes.add(EXIT.failed);
  return held === undefined && lost.size + failed.size === 0;
}

/** Runs a drill, and again when what was measured cannot be trusted. */
async function repeated(
  spec: DrillSpec,
  round: Round,
  fleet: Fleet,
  effects: DrillEffects,
): Promise<Outcome> {
  const { endpoint, drill } = round;
  emitStart(round, effects);
  const promiseMs = spec.maxOutageMs ?? endpoint.slo.failoverMs;
  const doubts: string[] = [];
  for (;;) {
    const outcome = await attempt({ endpoint, drill, fleet, effects, lock: spec.lock }, promiseMs);
    const again = outcome.doubtful !== undefined && !outcome.left && !outcome.harsh &&
      !effects.signal.aborted && doubts.length < spec.retries;
    if (!again) return withRuns(outcome, doubts);
    doubts.push(outcome.doubtful ?? "");
  }
}

function withRuns(outcome: Outcome, doubts: readonly string[]): Outcome {
  if (doubts.length === 0) return outcome;
  const before = doubts.length === 1 ? "the first time" : `the first ${doubts.length} times`;
  const line = `ran ${doubts.length + 1} times, because ${before}: ${doubts.join("; ")}`;
  return { ...outcome, reasons: [...outcome.reasons, line] };
}

function notBegun(why: string): Outcome {
  return { verdict: "unknown", reasons: [`not begun: ${why}`], targets: [] };
}

function count({ verdict }: Outcome, course: Course): void {
  if (verdict === "skipped") course.skipped += 1;
  else if (verdict === "pass") course.passed += 1;
  else course.codes.add(EXIT.failed);
}

function exitCodeOf({ codes, passed, skipped }: Course, effects: DrillEffects): number {
  if (effects.signal.aborted) return EXIT.interrupted;
  const worst = [EXIT.failed, EXIT.unreachable, EXIT.stale].find((code) => codes.has(code));
  if (worst !== undefined) return worst;
  if (passed > 0 || skipped === 0) return EXIT.ok;
  // A green run in which nothing was tried would be believed.
  const message = "Cannot call this a drill: every one was skipped, and nothing was tried";
  const diagnostic = { severity: "error", code: "all-skipped", message } as const;
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  return EXIT.usage;
}
