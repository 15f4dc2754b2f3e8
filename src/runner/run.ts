/**
 * One run from connect to recap: look at every host of an endpoint, plan, apply, settle. Knows no
 * particular task, no reporter and no ssh.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import { ConnectError } from "../errors.ts";
import type { Event, Mode } from "../events.ts";
import type { Endpoint, ExecResult, GroupCheck, Play } from "../model.ts";
import { applyHost, forecast, type Shared } from "./apply.ts";
import { type Effects, end, type HostRun, look } from "./host.ts";
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
  emit({ type: "run-start", at: since, mode, play: play.name, inventory, hosts });

  const trips = new Map<string, number>();
  const groups = spec.endpoints.map((endpoint) => group(spec, endpoint));
  try {
    await each(
      spec.forks,
      groups.flatMap((group) => group.runs.map((run) => ({ group, run }))),
      ({ group, run }) => connectAndLook(run, group, spec, effects),
    );
    await Promise.all(groups.map((group) => conclude(group, spec, effects)));
  } finally {
    for (const { member, session } of groups.flatMap(({ runs }) => runs)) {
      trips.set(member.host.name, session?.roundTrips ?? 0);
      await session?.[Symbol.asyncDispose]();
    }
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

/** The hosts of one endpoint during a run, and what they know of each other. */
interface Group {
  readonly endpoint: Endpoint;
  readonly runs: readonly HostRun[];
  readonly shared: Shared;
  readonly checks: readonly GroupCheck[];
  /** What the first look brought for each check, by host. */
  readonly answers: readonly Map<string, ExecResult>[];
}

function group({ play, selected, mode }: RunSpec, endpoint: Endpoint): Group {
  const judging = mode === "verify";
  const checks = play.checks(endpoint);
  const runs = endpoint.members.map((member): HostRun => ({
    endpoint,
    member,
    selected: selected.has(member.host.name),
    tasks: judging ? [] : play.tasks(endpoint, member),
    handlers: play.handlers(endpoint, member),
    seen: [],
    due: new Set<string>(),
    stopped: false,
    changed: false,
  }));
  const shared = { facts: new Map(), packages: judging ? [] : play.packages };
  return { endpoint, runs, shared, checks, answers: checks.map(() => new Map()) };
}

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
  try {
    run.session = await effects.connect(host);
    const asked = checks.filter(({ hosts }) => hosts.includes(host.name));
    const tasks = run.selected ? run.tasks : [];
    const seen = await look(run, tasks, asked, shared.packages, effects);
    shared.facts.set(host.name, seen.facts);
    run.seen = [...seen.tasks];
    // In the order of the checks, so that two runs over the same hosts say the same.
    asked.forEach((check, i) => {
      const answer = seen.checks[i];
      if (answer !== undefined) answers[checks.indexOf(check)]?.set(host.name, answer);
    });
    if (mode === "verify") end(run, effects, { task: LOOK, status: "ok", since });
    else for (const name of seen.pending) run.due.add(name);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    unreachable(run, error, effects);
  }
}

function unreachable(run: HostRun, error: ConnectError, effects: Effects): void {
  run.stopped = true;
  if (run.selected) {
    const task = { kind: "connect", name: "connect" };
    end(run, effects, { task, status: "unreachable", error: error.message });
  } else {
    const message = `${error.message}; it is not selected, and what it holds is not known`;
    const diagnostic = { severity: "warning", code: "unobserved-host", message } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
}

/** What follows when every host of an endpoint has been seen. */
async function conclude(group: Group, spec: RunSpec, effects: Effects): Promise<void> {
  const { runs, shared, checks, answers } = group;
  const willing = runs.filter((run) => run.selected && !run.stopped);
  let pending = false;
  if (spec.mode === "check") {
    pending = willing.map((run) => forecast(run, shared, effects)).includes(true);
  }
  if (spec.mode === "apply") {
    await applyGroup(group, willing, spec, effects);
  }
  for (const [i, check] of checks.entries()) {
    if (effects.signal.aborted) return;
    await judge(check, group, answers[i], pending, spec, effects);
  }
}

/**
 * A service that stands already changes one host at a time, those it stands on last, and each time
 * it must stand again before the next host is touched. Where none stands yet there is nothing to
 * lose, and hosts change side by side.
 */
async function applyGroup(
  { runs, shared, checks, answers }: Group,
  willing: readonly HostRun[],
  { forks }: RunSpec,
  effects: Effects,
): Promise<void> {
  const verdicts = checks.map((check, i) => check.judge(answers[i] ?? new Map()));
  const standing = checks.filter((_, i) => verdicts[i]?.ok);
  if (standing.length === 0) {
    return await each(forks, willing, (run) => applyHost(run, shared, effects));
  }
  const last = new Set(verdicts.flatMap(({ last = [] }) => last));
  const rank = (run: HostRun) => last.has(run.member.host.name) ? 1 : 0;
  let fallen: string | undefined;
  for (const run of willing.toSorted((a, b) => rank(a) - rank(b))) {
    if (fallen !== undefined) leave(run, fallen, effects);
    else {
      await applyHost(run, shared, effects);
      if (run.changed) fallen = await standsAgain(standing, runs, effects);
    }
  }
}

/** Waits until the conditions hold again; gives what is wrong with the first that does not. */
async function standsAgain(
  standing: readonly GroupCheck[],
  runs: readonly HostRun[],
  effects: Effects,
): Promise<string | undefined> {
  for (const check of standing) {
    const { ok, message } = await settle(check, runs, undefined, check.deadlineMs, effects);
    if (!ok) return `${check.name}: ${message}`;
  }
}

/** Leaves a host as it is, because the service fell with the change of another one. */
function leave(run: HostRun, why: string, effects: Effects): void {
  const { name } = run.member.host;
  const message =
    `Cannot go on with "${name}": the service does not stand since the last host: ${why}`;
  const diagnostic = { severity: "error", code: "gate", message } as const;
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
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
  const deadline = mode === "apply" ? check.deadlineMs : waitMs;
  const verdict = await settle(check, runs, stale ? undefined : first, deadline, effects);
  report(verdict.ok ? "ok" : "failed", verdict.message);
}

async function each<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>) {
  for await (const _ of pooledMap(limit, items, work));
}
