/**
 * In which order the hosts of an endpoint change.
 * @module
 */
import { beside } from "./beside.ts";
import type { Before } from "./ending.ts";
import type { Group } from "./group.ts";
import { type Effects, end, finish, type HostRun } from "./host.ts";
import { leaveOut, rolling } from "./rolling.ts";
import { settle } from "./settle.ts";
import { couplingIn, switchOver } from "./switchover.ts";

/**
 * Who leaves goes first: while the others still speak to it they hear its goodbye, and they must not
 * drop it from their peers before. Where none of them can carry the service yet, it goes last.
 */
export async function applyGroup(
  group: Group,
  willing: readonly HostRun[],
  forks: number,
  effects: Effects,
): Promise<void> {
  const before = group.checks.map((check, i) => check.judge(group.answers[i] ?? new Map()));
  const leaving = willing.filter(({ member }) => member.absent === true);
  const staying = willing.filter((run) => !leaving.includes(run));
  if (leaving.length === 0) return await stay(group, staying, before, forks, effects);
  if (!before.some(({ able = [] }) => able.length > 0)) {
    await stay(group, staying, before, forks, effects);
    return await rolling(group, leaving, before, effects);
  }
  await rolling(group, leaving, before, effects);
  const left = leaving.map(stillThere).find((why) => why !== undefined);
  if (left === undefined) {
    // The address may have moved with the one that held it.
    const now = leaving.some(({ changed }) => changed)
      ? await Promise.all(
        group.checks.map((check) => settle(check, group.runs, { deadlineMs: 0 }, effects)),
      )
      : before;
    return await stay(group, staying, now, forks, effects);
  }
  for (const run of staying) {
    leaveOut(run, left, effects);
    finish(run, effects);
  }
}

/** A host that answers and could not be taken out would fight those that forget it. */
function stillThere({ member, stopped, session }: HostRun): string | undefined {
  if (!stopped || session === undefined) return undefined;
  return `"${member.host.name}", which is to leave, could not be taken out`;
}

/**
 * A service that stands on some host changes one host at a time, those it stands on last, and behind
 * them who joins: until the others know of it they would not hear each other, and both hold the
 * address. Nothing may be worse than before when the next host is touched. What must not differ between hosts
 * changes on all of them together. Where nothing stands yet there is nothing to lose, and hosts
 * change side by side.
 */
async function stay(
  group: Group,
  willing: readonly HostRun[],
  before: Before,
  forks: number,
  effects: Effects,
): Promise<void> {
  const last = new Set(before.flatMap(({ last = [] }) => last));
  const coupling = couplingIn(group, before);
  const refusal = coupling.refusal(new Set(willing.map(({ member: { host } }) => host.name)));
  if (refusal !== undefined) return refuse(willing, refusal, effects);
  if (last.size === 0) return await beside(group, willing, before, forks, effects);
  for (const run of willing) run.joins = coupling.joining.includes(run.member.host.name);
  const rank = ({ member: { host }, joins }: HostRun) => joins ? 2 : last.has(host.name) ? 1 : 0;
  const ordered = willing.toSorted((a, b) => rank(a) - rank(b));
  if (coupling.coupled.length > 0) {
    await together(group, ordered, coupling.coupled, before, effects);
  } else await rolling(group, ordered, before, effects);
}

/** What must be changed together first, then the rest. */
async function together(
  group: Group,
  ordered: readonly HostRun[],
  coupled: readonly string[],
  before: Before,
  effects: Effects,
): Promise<void> {
  const joint = ordered.filter(({ member: { host } }) => coupled.includes(host.name));
  const rest = ordered.filter((run) => !joint.includes(run));
  // The holder, which is the last of them, is the one that the service stays on.
  await switchOver(group, joint.toReversed(), before, effects);
  if (joint.some(({ stopped }) => stopped)) {
    for (const run of rest) {
      for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
      finish(run, effects);
    }
  } else await rolling(group, rest, before, effects);
}

/** Says why nothing of this is done, before any host is touched. */
function refuse(willing: readonly HostRun[], message: string, effects: Effects): void {
  const diagnostic = { severity: "error", code: "coupled-change", message } as const;
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  for (const run of willing) {
    run.partial = true;
    for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
    finish(run, effects);
  }
}
