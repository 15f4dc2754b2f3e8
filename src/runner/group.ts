/**
 * The hosts of one endpoint, and in which order they change.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import type { Endpoint, ExecResult, GroupCheck } from "../model.ts";
import { applyHost, type Shared } from "./apply.ts";
import { type Effects, end, type HostRun } from "./host.ts";
import type { LockRequest } from "./lock.ts";
import { settle } from "./settle.ts";

/** The hosts of one endpoint during a run, and what they know of each other. */
export interface Group {
  /** The endpoint. */
  readonly endpoint: Endpoint;
  /** Its members. */
  readonly runs: readonly HostRun[];
  /** Facts of all of them. */
  readonly shared: Shared;
  /** Conditions over all of them. */
  readonly checks: readonly GroupCheck[];
  /** What the first look brought for each check, by host. */
  readonly answers: readonly Map<string, ExecResult>[];
  /** What the locks of its hosts shall say; unset: they are not taken. */
  readonly lock?: LockRequest;
}

/**
 * A service that stands on some host changes one host at a time, those it stands on last; and what
 * held before must hold again before the next host is touched. Where nothing stands yet there is
 * nothing to lose, and hosts change side by side.
 */
export async function applyGroup(
  { runs, shared, checks, answers }: Group,
  willing: readonly HostRun[],
  forks: number,
  effects: Effects,
): Promise<void> {
  const verdicts = checks.map((check, i) => check.judge(answers[i] ?? new Map()));
  const standing = checks.filter((_, i) => verdicts[i]?.ok);
  const last = new Set(verdicts.flatMap(({ last = [] }) => last));
  const leaving = willing.some(({ member }) => member.absent);
  if (last.size === 0 && !leaving) {
    return await each(forks, willing, (run) => applyHost(run, shared, effects));
  }
  const able = verdicts.some(({ able = [] }) => able.length > 0);
  const rank = (run: HostRun) => rankOf(run, last, able);
  let fallen: string | undefined;
  for (const run of willing.toSorted((a, b) => rank(a) - rank(b))) {
    if (fallen !== undefined) leave(run, fallen, effects);
    else {
      await applyHost(run, shared, effects);
      if (run.changed) fallen = await standsAgain(standing, runs, effects);
      fallen ??= stillThere(run);
    }
  }
}

/**
 * Who leaves goes first: while the others still speak to it they hear its goodbye, and they must
 * not drop it from their peers before. Where none of them can carry the service yet, it goes last.
 */
function rankOf({ member }: HostRun, last: ReadonlySet<string>, able: boolean): number {
  if (member.absent) return able ? -1 : 2;
  return last.has(member.host.name) ? 1 : 0;
}

/** A host that answers and could not be taken out would fight those that forget it. */
function stillThere({ member, stopped, session }: HostRun): string | undefined {
  if (!member.absent || !stopped || session === undefined) return undefined;
  return `"${member.host.name}", which is to leave, could not be taken out`;
}

/** Waits until the conditions hold again; gives what is wrong with the first that does not. */
async function standsAgain(
  standing: readonly GroupCheck[],
  runs: readonly HostRun[],
  effects: Effects,
): Promise<string | undefined> {
  for (const check of standing) {
    const { ok, message } = await settle(check, runs, { deadlineMs: check.deadlineMs }, effects);
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

/** Works on items, so many at the same time. */
export async function each<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
) {
  for await (const _ of pooledMap(limit, items, work));
}
