/**
 * The endpoints of a run, in which order they begin, and when no further one does. An endpoint is
 * never split: its hosts are one service.
 * @module
 */
import type { Event, EventOf } from "../events.ts";
import { inBatches } from "./batches.ts";
import { Budget } from "./budget.ts";
import { connectAndLook, unlessAborted } from "./connect.ts";
import type { Group } from "./group.ts";
import { type Effects, end, finish } from "./host.ts";
import type { RunSpec } from "./spec.ts";

/** What was seen longer ago than this is looked at again before an endpoint begins. */
const SEEN_FOR_MS = 10_000;

/** So many names are listed; the others are counted. */
const LISTED = 6;

/** How the endpoints of a run follow each other. */
export interface Fleet {
  /** What the start of the run says of it. */
  readonly said: Pick<EventOf<"run-start">, "batches" | "stopsAfter">;
  /** Hosts that may be lost. */
  readonly budget: Budget;
}

/** What a run does with its endpoints, before any host is contacted. */
export function fleetOf(spec: RunSpec): Fleet {
  const { mode, endpoints, selected, serial, maxFailPercentage } = spec;
  const batches = batchesOf(endpoints, spec);
  // Who asks for batches wants to know early: then the first lost host is one too many.
  const percent = maxFailPercentage ?? (batches.length > 1 ? 0 : 100);
  const budget = new Budget(endpoints, selected, percent);
  const asked = serial !== undefined || maxFailPercentage !== undefined;
  if (!asked && (mode !== "apply" || endpoints.length < 2)) return { said: {}, budget };
  return {
    said: {
      batches: batches.map((batch) => batch.map(({ name }) => name)),
      ...(budget.stopsAfter > budget.hosts ? {} : { stopsAfter: budget.stopsAfter }),
    },
    budget,
  };
}

function batchesOf<T>(items: readonly T[], { serial }: RunSpec): readonly (readonly T[])[] {
  return inBatches(items, serial ?? [{ percent: 100 }]);
}

/**
 * Goes on with every endpoint that has been seen just now, batch after batch, `forks` of them at
 * the same time, in the inventory's order. Once too many hosts are lost none is begun any more:
 * those under way come to their end, and it is said of the others that nothing was done.
 */
export async function inTurn(
  groups: readonly Group[],
  spec: RunSpec,
  { budget }: Fleet,
  effects: Effects,
  goOn: (group: Group) => Promise<void>,
): Promise<void> {
  if (spec.mode !== "apply") return await sideBySide(groups, limitOf(spec), goOn);
  const { signal, now } = effects;
  const seenAt = now();
  const left: Group[] = [];
  for (const batch of batchesOf(groups, spec)) {
    await sideBySide(batch, spec.forks, async (group) => {
      const late = () => now() - seenAt > SEEN_FOR_MS;
      if (!budget.spent && !signal.aborted && late()) await lookAgain(group, spec, effects);
      if (budget.spent) left.push(group);
      else if (!signal.aborted) await goOn(group);
    });
  }
  if (left.length > 0 && !signal.aborted) leave(left, budget, effects);
}

/** Who only waits for conditions keeps nobody busy. */
function limitOf({ mode, forks }: RunSpec): number {
  return mode === "verify" ? Infinity : forks;
}

/** Works on groups in their order, so many at the same time. */
async function sideBySide(
  groups: readonly Group[],
  limit: number,
  work: (group: Group) => Promise<void>,
): Promise<void> {
  const rest = groups.values();
  await Promise.all(
    Array.from({ length: Math.min(limit, groups.length) }, async () => {
      for (const group of rest) await work(group);
    }),
  );
}

/** One host after the other, so that no more hosts are worked on than endpoints. */
async function lookAgain(group: Group, spec: RunSpec, effects: Effects): Promise<void> {
  for (const answers of group.answers) answers.clear();
  for (const run of group.runs.filter(({ stopped }) => !stopped)) {
    await unlessAborted(connectAndLook(run, group, spec, effects), effects.signal);
  }
}

/** Says of endpoints that were never begun, and of each of their hosts, that nothing was done. */
function leave(groups: readonly Group[], budget: Budget, effects: Effects): void {
  const at = effects.now();
  effects.emit(refusal(groups, budget, at));
  for (const { runs, checks, endpoint } of groups) {
    for (const run of runs.filter(({ selected, stopped }) => selected && !stopped)) {
      for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
      finish(run, effects);
    }
    for (const { name: check } of checks) {
      const message = "nothing was done, because too many hosts failed";
      const ended = { type: "check-end", endpoint: endpoint.name, check } as const;
      effects.emit({ ...ended, at, status: "skipped", message, ms: 0 });
    }
  }
}

function refusal(groups: readonly Group[], { lost, hosts, stopsAfter }: Budget, at: number): Event {
  const names = groups.map(({ endpoint }) => endpoint.name);
  const untouched = groups.flatMap(({ runs }) => runs.filter(({ selected }) => selected)).length;
  const enough = Math.min(100, Math.ceil(lost.length * 100 / hosts));
  const message = `Cannot go on with ${listed(names)}: ${lost.length} of ${
    counted(hosts, "host")
  } failed or could not be reached (${listed(lost)}), and at most ${
    stopsAfter - 1
  } may; nothing was done on ${counted(untouched, "host")}`;
  const hint = "see to what failed, then apply again: what is done stays done; " +
    `or allow more: --max-fail-percentage ${enough}`;
  return {
    type: "diagnostic",
    at,
    diagnostic: { severity: "error", code: "fail-budget", message, hint },
  };
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  const shown = names.slice(0, LISTED).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
