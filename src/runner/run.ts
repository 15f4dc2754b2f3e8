/**
 * One run from connect to recap: look at every host of an endpoint, plan, apply, settle. Knows no
 * particular task, no reporter and no ssh.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { Event, Mode } from "../events.ts";
import type { Endpoint, ExecResult, GroupCheck, Play, Source, Task } from "../model.ts";
import { foresee, report } from "./forecast.ts";
import { applyGroup, each, type Group } from "./group.ts";
import { begin, type Effects, end, type HostRun, look } from "./host.ts";
import { settle } from "./settle.ts";
import { Tally } from "./tally.ts";

/** What a run is about. */
export interface RunSpec {
  /** Look only, change, or judge only. */
  readonly mode: Mode;
  /** What shall be true. */
  readonly play: Play;
  /** Where. */
  readonly endpoints: readonly Endpoint[];
  /** Hosts that may be changed; the other members are only observed. */
  readonly selected: ReadonlySet<string>;
  /** The inventory as the user typed it. */
  readonly inventory: string;
  /** Where a host is written in the inventory. @default {nowhere} */
  readonly placeOf?: (host: string) => Source | undefined;
  /** Which tasks of a host are wanted, in the play's order. @default {all of them} */
  readonly wanted?: (tasks: readonly Task[]) => readonly Task[];
  /** How many hosts are worked on at the same time. */
  readonly forks: number;
  /** How long `verify` waits for a condition to become true. @default {0} */
  readonly waitMs?: number;
}

/** Runs a play. Everything it has to say is an event; it gives the exit code. */
export async function run(spec: RunSpec, outer: Effects): Promise<number> {
  const hosts = spec.endpoints.flatMap(({ members }) => members.map(({ host }) => host.name))
    .filter((host) => spec.selected.has(host));
  const tally = new Tally(hosts);
  const emit = (event: Event) => {
    tally.add(event);
    outer.emit(event);
  };
  const effects = { ...outer, emit };
  const since = effects.now();
  const { mode, play, inventory } = spec;
  const places = Object.fromEntries(
    hosts.flatMap((host) => {
      const place = spec.placeOf?.(host);
      return place === undefined ? [] : [[host, place] as const];
    }),
  );
  emit({ type: "run-start", at: since, mode, play: play.name, inventory, hosts, places });

  const trips = new Map<string, number>();
  const groups = spec.endpoints.map((endpoint) => group(spec, endpoint));
  try {
    await each(
      spec.forks,
      groups.flatMap((group) => group.runs.map((run) => ({ group, run }))),
      ({ group, run }) => unlessAborted(connectAndLook(run, group, spec, effects), effects.signal),
    );
    await Promise.all(groups.map((group) => conclude(group, spec, effects)));
  } finally {
    await Promise.all(
      groups.flatMap(({ runs }) => runs).map(async ({ member, session }) => {
        trips.set(member.host.name, session?.roundTrips ?? 0);
        await session?.[Symbol.asyncDispose]();
      }),
    );
  }

  const exitCode = tally.exitCode(mode, effects.signal.aborted);
  const recap = Object.fromEntries(
    Object.entries(tally.recap()).map((
      [host, counts],
    ) => [host, { ...counts, roundTrips: trips.get(host) ?? 0 }]),
  );
  const at = effects.now();
  outer.emit({ type: "run-end", at, exitCode, hosts: recap, ms: at - since });
  return exitCode;
}

function group(
  { play, selected, mode, wanted = (tasks) => tasks }: RunSpec,
  endpoint: Endpoint,
): Group {
  const judging = mode === "verify";
  const checks = play.checks(endpoint);
  const runs = endpoint.members.map((member): HostRun => ({
    endpoint,
    member,
    selected: selected.has(member.host.name),
    tasks: judging ? [] : wanted(play.tasks(endpoint, member)),
    handlers: play.handlers(endpoint, member),
    seen: [],
    due: new Set<string>(),
    stopped: false,
    changed: false,
  }));
  const packages = judging ? [] : play.packages;
  const shared = { facts: new Map(), packages, fetchLists: mode === "check" };
  return { endpoint, runs, shared, checks, answers: checks.map(() => new Map()) };
}

/** A look changes nothing: an interrupt need not wait for it, nor for a host that does not answer. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const stop = () => aborted.resolve();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

const CONNECT = { kind: "connect", name: "connect" };
const LOOK = { kind: "look", name: "look" };

/** The one round trip that every host costs: facts, tasks and conditions, all at once. */
async function connectAndLook(
  run: HostRun,
  { shared, checks, answers }: Group,
  { mode }: RunSpec,
  effects: Effects,
): Promise<void> {
  const { host } = run.member;
  if (effects.signal.aborted) return;
  const since = effects.now();
  begin(run, effects, CONNECT);
  try {
    run.session = await effects.connect(host);
    begin(run, effects, LOOK);
    const asked = checks.filter(({ hosts }) => hosts.includes(host.name));
    const tasks = run.selected ? run.tasks : [];
    const seen = await look(run, tasks, asked, shared, effects);
    if (effects.signal.aborted) return;
    shared.facts.set(host.name, seen.facts);
    run.seen = [...seen.tasks];
    // In the order of the checks, so that two runs over the same hosts say the same.
    asked.forEach((check, i) => {
      const answer = seen.checks[i];
      if (answer !== undefined) answers[checks.indexOf(check)]?.set(host.name, answer);
    });
    if (mode !== "verify" && run.selected && seen.facts.uid > 0) notRoot(run, effects);
    if (mode === "verify") end(run, effects, { task: LOOK, status: "ok", since });
    else for (const name of seen.pending) run.due.add(name);
  } catch (error) {
    if (effects.signal.aborted) return;
    if (!(error instanceof ConnectError)) throw error;
    unreachable(run, error, effects);
  }
}

function notRoot(run: HostRun, effects: Effects): void {
  const { name, user = "an ordinary user" } = run.member.host;
  const error = `Cannot work on "${name}" as "${user}": only root may; ` +
    "set ansible_become: true in the inventory, or add --become";
  end(run, effects, { task: CONNECT, status: "failed", error });
}

function unreachable(run: HostRun, error: ConnectError, effects: Effects): void {
  run.stopped = true;
  if (run.selected) {
    end(run, effects, { task: CONNECT, status: "unreachable", error: error.message });
  } else {
    const message = `${error.message}; it is not selected, and what it holds is not known`;
    const diagnostic = { severity: "warning", code: "unobserved-host", message } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
}

/** What follows when every host of an endpoint has been seen. */
async function conclude(group: Group, spec: RunSpec, effects: Effects): Promise<void> {
  const { runs, shared, checks, answers } = group;
  if (effects.signal.aborted) return;
  const willing = runs.filter((run) => run.selected && !run.stopped);
  let pending = false;
  if (spec.mode === "check") {
    pending = willing.map((run) => report(run, foresee(run, shared.facts), effects)).includes(true);
  }
  if (spec.mode === "apply") {
    await applyGroup(group, willing, spec.forks, effects);
  }
  for (const [i, check] of checks.entries()) {
    if (effects.signal.aborted) return;
    await judge(check, group, answers[i], pending, spec, effects);
  }
}

async function judge(
  check: GroupCheck,
  { endpoint, runs, shared }: Group,
  first: ReadonlyMap<string, ExecResult> | undefined,
  pending: boolean,
  { mode, waitMs = 0 }: RunSpec,
  effects: Effects,
): Promise<void> {
  const since = effects.now();
  const report = (status: "ok" | "failed" | "skipped", message: string) => {
    const at = effects.now();
    const ms = at - since;
    const { name } = endpoint;
    effects.emit({
      type: "check-end",
      at,
      endpoint: name,
      check: check.name,
      status,
      message,
      ms,
    });
  };
  if (pending) return report("skipped", "known after apply");
  // Each of them is counted as unreachable, and nothing is known of the condition.
  if (shared.facts.size === 0) return report("skipped", "no host answered");
  // What was seen before a change says nothing about now.
  const stale = runs.some(({ changed }) => changed);
  const verdict = await settle(check, runs, {
    first: stale ? undefined : first,
    deadlineMs: mode === "apply" ? patience(check, runs) : waitMs,
    strict: mode === "verify",
  }, effects);
  report(verdict.ok ? "ok" : "failed", verdict.message);
}

/** After a failure the condition may well never come true: it is not worth the whole wait. */
function patience({ deadlineMs }: GroupCheck, runs: readonly HostRun[]): number {
  return runs.some(({ selected, stopped }) => selected && stopped)
    ? Math.min(deadlineMs, 5000)
    : deadlineMs;
}
