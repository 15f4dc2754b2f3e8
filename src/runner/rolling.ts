/**
 * A local change: one host at a time, those that the service stands on last, and nothing may be
 * worse than before in between.
 * @module
 */
import { applyHost, refresh, stepRequest } from "./apply.ts";
import { allBack, type Before, endHost, keepAll } from "./ending.ts";
import { foresee } from "./forecast.ts";
import type { Group } from "./group.ts";
import { type Effects, end, finish, type HostRun } from "./host.ts";
import { whileOpen } from "./journal.ts";
import { settle } from "./settle.ts";

const HANDOVER = { kind: "handover", name: "hand the service over" };

/** How long the others may take to have the service, in milliseconds. */
const HANDOVER_MS = 15_000;

/**
 * Changes hosts one after the other, in this order. They keep it together when the last of them
 * works; where one had to go back, all go back.
 */
export async function rolling(
  group: Group,
  ordered: readonly HostRun[],
  before: Before,
  effects: Effects,
): Promise<void> {
  const changed: HostRun[] = [];
  let fallen: string | undefined;
  for (const run of ordered) {
    if (fallen !== undefined) leaveOut(run, fallen, effects);
    else fallen = await whileOpen(changed, change(run, group, before, effects), effects);
    if (run.opened === true && !run.stopped) changed.push(run);
    else if (!effects.signal.aborted) finish(run, effects);
  }
  if (effects.signal.aborted) fallen = "the run was interrupted";
  const open = changed.filter(({ opened }) => opened === true);
  fallen ??= await keepAll(open, effects);
  const left = open.filter(({ opened }) => opened === true);
  if (fallen !== undefined && left.length > 0) {
    await allBack(left.toReversed(), fallen, group, before, effects);
  }
  if (!effects.signal.aborted) { for (const run of changed) finish(run, effects); }
}

/** Changes one host; gives why the endpoint cannot go on. */
async function change(
  run: HostRun,
  group: Group,
  before: Before,
  effects: Effects,
): Promise<string | undefined> {
  const others = await handOver(run, group, effects);
  await applyHost(run, group.shared, effects);
  return await endHost(run, group, before, effects) ?? others;
}

/**
 * A host that the service stands on, and whose change its clients would feel, first gives it to the
 * others. Gives why the endpoint cannot go on.
 */
async function handOver(
  run: HostRun,
  group: Group,
  effects: Effects,
): Promise<string | undefined> {
  const { standDown, member: { host } } = run;
  if (standDown === undefined || !(await carries(run, group, effects)) || !disrupts(run, group)) {
    return undefined;
  }
  // Who leaves the endpoint takes nothing over, and neither does who joins it later.
  const others = group.runs.filter((it) =>
    it !== run && it.session !== undefined && !it.stopped && it.member.absent !== true &&
    (!it.joins || it.changed)
  );
  // Alone it has nobody to give it to: the change is felt, and that is all there is to it.
  if (others.length === 0 || effects.signal.aborted) return undefined;
  const since = effects.now();
  const failure = await stepRequest(run, "leave the service to the others", standDown.leave);
  if (failure === undefined) {
    run.stoodDown = true;
    const taken = await takenOver(run, group, effects);
    if (taken === undefined) {
      end(run, effects, { task: HANDOVER, status: "ok", since });
      await refresh(run, 0, group.shared, effects);
      return undefined;
    }
    const error = `Cannot hand the service of "${host.name}" over: ${taken}`;
    end(run, effects, { task: HANDOVER, status: "failed", error, since });
    return error;
  }
  end(run, effects, { task: HANDOVER, status: failure.status, error: failure.message, since });
  return failure.message;
}

/** Whether the service stands on a host now. */
async function carries(run: HostRun, group: Group, effects: Effects): Promise<boolean> {
  const { name } = run.member.host;
  if (!disrupts(run, group)) return false;
  for (const check of group.checks) {
    const verdict = await settle(check, group.runs, { deadlineMs: 0 }, effects);
    if (verdict.last?.includes(name)) return true;
  }
  return false;
}

/** Whether clients of a host would feel what is going to be done on it. */
function disrupts(run: HostRun, { shared }: Group): boolean {
  return foresee(run, shared.facts).handlers.some(({ disrupts }) => disrupts === true);
}

/** Waits until others have the service, and it is not this host's any more; gives why not. */
async function takenOver(
  { member: { host } }: HostRun,
  { checks, runs }: Group,
  effects: Effects,
): Promise<string | undefined> {
  for (const check of checks) {
    const taken = (last: readonly string[] = []) => last.length === 1 && !last.includes(host.name);
    const verdict = await settle(check, runs, {
      deadlineMs: HANDOVER_MS,
      enough: ({ last }) => taken(last),
    }, effects);
    if (!taken(verdict.last)) return `${check.name}: ${verdict.message}`;
  }
}

/** Leaves a host as it is, because of what came of the change of another one. */
export function leaveOut(run: HostRun, why: string, effects: Effects): void {
  const { name } = run.member.host;
  const message = `Cannot go on with "${name}": ${why}; it is as it was`;
  const diagnostic = { severity: "error", code: "gate", message } as const;
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
}
