/**
 * One run from connect to recap: look at every host of an endpoint, plan, apply, settle. Knows no
 * particular task, no reporter and no ssh.
 * @module
 */
import type { Event, EventOf } from "../events.ts";
import { runId } from "../journal/open.ts";
import { bind } from "./bind.ts";
import { conclude } from "./conclude.ts";
import { connectAndLook, unlessAborted } from "./connect.ts";
import { type Fleet, fleetOf, inTurn } from "./fleet.ts";
import { warnOfFormer, withFormer } from "./former.ts";
import { each, type Group } from "./group.ts";
import { type Effects, finish } from "./host.ts";
import { letGo } from "./journal.ts";
import type { LockRequest } from "./lock.ts";
import { aboutOf, everyone, makeGroup, membersOf } from "./make_group.ts";
import { leaveLocked, takeLocks } from "./locking.ts";
import type { RunSpec } from "./spec.ts";
import { Tally } from "./tally.ts";

export type { RunSpec } from "./spec.ts";

/** Runs a play. Everything it has to say is an event; it gives the exit code. */
export async function run(spec: RunSpec, outer: Effects): Promise<number> {
  const hosts = spec.endpoints.flatMap(everyone).map(({ host }) => host.name)
    .filter((host) => spec.selected.has(host));
  const tally = new Tally(hosts);
  const fleet = fleetOf(spec);
  const emit = (event: Event) => {
    tally.add(event);
    fleet.budget.add(event);
    outer.emit(event);
  };
  const effects = { ...outer, emit };
  const since = effects.now();
  const { mode, play, inventory, what } = spec;
  const places = Object.fromEntries(
    hosts.flatMap((host) => {
      const place = spec.placeOf?.(host);
      return place === undefined ? [] : [[host, place] as const];
    }),
  );
  emit({
    type: "run-start",
    at: since,
    mode,
    ...(what === undefined ? {} : { what }),
    play: play.name,
    inventory,
    hosts,
    places,
    ...fleet.said,
    ...shardOf(spec),
  });

  const trips = new Map<string, number>();
  const lock = lockOf(spec, since, effects);
  const id = runId(since, effects.nonce());
  let groups: readonly Group[] = spec.endpoints.map((endpoint) =>
    makeGroup(spec, endpoint, lock, aboutOf(spec, endpoint, lock, id))
  );
  try {
    await each(
      spec.forks,
      groups.flatMap((group) => group.runs.map((run) => ({ group, run }))),
      ({ group, run }) => unlessAborted(connectAndLook(run, group, spec, effects), effects.signal),
    );
    groups = await withFormer(groups, spec, effects);
    await proceed(groups, spec, fleet, effects);
  } finally {
    await Promise.all(groups.map(close));
    for (const { member: { host }, session } of groups.flatMap(({ runs }) => runs)) {
      trips.set(host.name, session?.roundTrips ?? 0);
    }
  }

  for (const run of groups.flatMap(({ runs }) => runs)) {
    if (run.selected && !effects.signal.aborted) finish(run, effects);
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

/** Which part of a fleet this run is, where it is one. */
function shardOf({ shard, endpoints }: RunSpec): Pick<EventOf<"run-start">, "shard"> {
  if (shard === undefined) return {};
  const { index, count, others } = shard;
  const names = endpoints.map(({ name }) => name);
  return { shard: { index, count, endpoints: names, of: names.length + others.length } };
}

/** What the locks of this run say; what changes nothing takes none. */
function lockOf(
  { mode, lock, what = "apply" }: RunSpec,
  now: number,
  { nonce }: Effects,
): LockRequest | undefined {
  if (mode !== "apply") return undefined;
  const sinceS = Math.floor(now / 1000);
  return { what, who: lock?.who ?? "somebody", sinceS, nonce: lock?.nonce ?? nonce() };
}

/** Goes on with what has been seen. A plan must hold as a whole; else each endpoint is for itself. */
async function proceed(
  groups: readonly Group[],
  spec: RunSpec,
  fleet: Fleet,
  effects: Effects,
): Promise<void> {
  const whole = spec.bound !== undefined;
  const free = async (groups: readonly Group[]) =>
    await unlocked(groups, spec, effects) && await holds(groups, spec, effects);
  if (whole && !(await free(groups))) return;
  await inTurn(groups, spec, fleet, effects, async (group) => {
    if (!whole && !(await free([group]))) return await close(group);
    warnOfFormer(group, membersOf(spec), effects);
    await conclude(group, spec, effects);
    // An endpoint that is done keeps nobody waiting while this run waits for another one.
    await close(group);
    forget(group);
  });
}

/** Whether nobody else works on any of these hosts. What was seen before a wait is looked at again. */
async function unlocked(
  groups: readonly Group[],
  spec: RunSpec,
  effects: Effects,
): Promise<boolean> {
  if (spec.mode !== "apply" || effects.signal.aborted) return true;
  const lookAgain = () =>
    each(
      spec.forks,
      groups.flatMap((group) => group.runs.map((run) => ({ group, run })))
        .filter(({ run }) => !run.stopped),
      ({ group, run }) => unlessAborted(connectAndLook(run, group, spec, effects), effects.signal),
    );
  const free = await takeLocks(groups, spec.lock?.waitMs ?? 0, effects, lookAgain);
  if (free || effects.signal.aborted) return true;
  for (const group of groups) leaveLocked(group, effects);
  return false;
}

/** Ends the sessions of a group, and with them its locks. */
async function close({ runs }: Group): Promise<void> {
  await Promise.all(runs.map(async (run) => {
    await letGo(run);
    await run.session?.[Symbol.asyncDispose]();
  }));
}

/** What was seen of an endpoint that is done: a fleet has thousands of them. */
function forget({ runs, answers, early }: Group): void {
  for (const run of runs) run.seen = [];
  for (const answer of answers) answer.clear();
  early.clear();
}

/** Whether the plan of a run still holds on every host; without a plan nothing is in the way. */
async function holds(
  groups: readonly Group[],
  { bound }: RunSpec,
  effects: Effects,
): Promise<boolean> {
  if (bound === undefined || effects.signal.aborted) return true;
  // A host that was lost is counted already; a plan is applied as a whole, so nothing is begun.
  if (groups.some(({ runs }) => runs.some(({ selected, stopped }) => selected && stopped))) {
    return false;
  }
  const stale = await bind(groups, bound, effects);
  for (const { host, message } of stale) {
    const text = `Cannot apply the plan to "${host}": ${message}`;
    const diagnostic = { severity: "error", code: "stale-plan", message: text } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
  return stale.length === 0;
}
