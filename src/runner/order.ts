/**
 * In which order the hosts of an endpoint change.
 * @module
 */
import { beside } from "./beside.ts";
import type { Group } from "./group.ts";
import type { Effects, HostRun } from "./host.ts";
import { rolling } from "./rolling.ts";

/**
 * A service that stands on some host changes one host at a time, those it stands on last; and
 * nothing may be worse than before when the next host is touched. Where nothing stands yet there is
 * nothing to lose, and hosts change side by side.
 */
export async function applyGroup(
  group: Group,
  willing: readonly HostRun[],
  forks: number,
  effects: Effects,
): Promise<void> {
  const before = group.checks.map((check, i) => check.judge(group.answers[i] ?? new Map()));
  const last = new Set(before.flatMap(({ last = [] }) => last));
  if (last.size === 0) return await beside(group, willing, before, forks, effects);
  const rank = ({ member: { host } }: HostRun) => last.has(host.name) ? 1 : 0;
  await rolling(group, willing.toSorted((a, b) => rank(a) - rank(b)), before, effects);
}
