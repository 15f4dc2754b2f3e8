/**
 * The hosts of an endpoint as a run begins with them. Pure.
 * @module
 */
import type { About } from "../journal/open.ts";
import type { Endpoint } from "../model.ts";
import type { Group } from "./group.ts";
import type { HostRun } from "./host.ts";
import { handlersAgain } from "./keepers.ts";
import type { LockRequest } from "./lock.ts";
import type { RunSpec } from "./spec.ts";

/** Names of all hosts of a run's endpoints. */
export const membersOf = ({ endpoints, shard }: RunSpec) =>
  new Set([...endpoints, ...shard?.others ?? []].flatMap(everyone).map(({ host }) => host.name));

/** Members of an endpoint, and those who leave it. */
export const everyone = ({ members, leaving = [] }: Endpoint) => [...members, ...leaving];

/** Makes the group of an endpoint; nothing has been seen of its hosts. */
export function makeGroup(
  { play, selected, mode, bound, wanted = (tasks) => tasks }: RunSpec,
  endpoint: Endpoint,
  lock: LockRequest | undefined,
  about: About | undefined,
): Group {
  const judging = mode === "verify";
  const checks = play.checks(endpoint);
  const runs = everyone(endpoint).map((member): HostRun => {
    const all = judging ? [] : play.tasks(endpoint, member);
    const tasks = wanted(all);
    const standDown = play.standDown?.(endpoint, member);
    return {
      endpoint,
      member,
      selected: selected.has(member.host.name),
      tasks,
      handlers: play.handlers(endpoint, member),
      keepers: play.keeps?.(endpoint, member) ?? handlersAgain(play.handlers(endpoint, member)),
      ...(standDown === undefined ? {} : { standDown }),
      ...(about === undefined ? {} : { about }),
      steps: 0,
      seen: [],
      due: new Set<string>(),
      stopped: false,
      changed: false,
      finished: false,
      partial: all.some((task) => !tasks.includes(task)),
    };
  });
  const packages = judging ? [] : play.packages;
  const shared = {
    facts: new Map(),
    packages,
    fetchLists: mode === "check" || bound !== undefined,
  };
  const answers = checks.map(() => new Map());
  const preflights = judging ? [] : play.preflights?.(endpoint) ?? [];
  return {
    endpoint,
    runs,
    shared,
    checks,
    answers,
    preflights,
    early: new Map(),
    ...(lock === undefined ? {} : { lock }),
    ...(about === undefined ? {} : { about }),
  };
}

/** What the journals of a run say; what changes nothing has none. */
export function aboutOf(
  { what = "apply", inventory }: RunSpec,
  { name: endpoint }: Endpoint,
  lock: LockRequest | undefined,
  id: string,
): About | undefined {
  if (lock === undefined) return undefined;
  return { id, what, who: lock.who, sinceS: lock.sinceS, endpoint, inventory };
}
