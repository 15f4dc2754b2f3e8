/**
 * A coupled change: members that would no longer understand each other half way. All but one leave
 * the service; that one is switched; the others come back with what it says. They keep it together,
 * or all go back.
 * @module
 */
import { applyHost, refresh, request, stepRequest } from "./apply.ts";
import { type Coupling, couplingOf, saidThen, type Voice } from "./coupling.ts";
import { allBack, type Before, gate, keepAll } from "./ending.ts";
import { foresee } from "./forecast.ts";
import type { Group } from "./group.ts";
import { type Effects, end, finish, type HostRun } from "./host.ts";
import { reachable, whileOpen } from "./journal.ts";
import { settle } from "./settle.ts";

const STAND_DOWN = { kind: "handover", name: "leave the service for the switch" };

/** Which changes of a group must be made together. Pure. */
export function couplingIn({ runs, shared }: Group, before: Before): Coupling {
  const [verdict] = before;
  return couplingOf(runs.map((run): Voice => {
    const { name } = run.member.host;
    const planned = run.selected && !run.stopped
      ? saidThen(plannedChanges(run, shared))
      : undefined;
    return {
      host: name,
      running: verdict?.partaking?.includes(name) ?? true,
      silent: run.session === undefined || (run.selected && run.stopped),
      ...(run.says === undefined ? {} : { current: run.says }),
      ...(planned === undefined ? {} : { planned }),
    };
  }));
}

function plannedChanges(run: HostRun, { facts }: Group["shared"]) {
  return foresee(run, facts).decisions.flatMap((it) => "plan" in it ? it.plan.changes : []);
}

/** Seconds within which the others have left when a holder without a controller goes back. */
const HOLDER_WAITS_S = 4;

/** Seconds within which the holder has gone back, by itself or because it was told to. */
const OTHERS_WAIT_S = 20;

/** Changes hosts together; the first of them is the one that the service stays on. */
export async function switchOver(
  group: Group,
  [holder, ...others]: readonly HostRun[],
  before: Before,
  effects: Effects,
): Promise<void> {
  if (holder === undefined) return;
  const all = [holder, ...others];
  holder.retreat = { waitS: HOLDER_WAITS_S };
  for (const run of others) {
    const leave = run.standDown?.leave;
    run.retreat = { waitS: OTHERS_WAIT_S, ...(leave === undefined ? {} : { leave }) };
  }
  const why = await switched(group, holder, others, before, effects) ??
    await reachAndKeep(all, effects);
  if (why !== undefined) await backTogether(group, holder, others, why, before, effects);
  if (!effects.signal.aborted) { for (const run of all) finish(run, effects); }
}

/** Makes the change on all of them; gives why it shall not stay. */
async function switched(
  group: Group,
  holder: HostRun,
  others: readonly HostRun[],
  before: Before,
  effects: Effects,
): Promise<string | undefined> {
  const left = await Promise.all(others.map((run) => standDown(run, group, effects)));
  const refused = left.find((why) => why !== undefined);
  if (refused !== undefined) return refused;
  const between = await Promise.all(
    group.checks.map((check) => settle(check, group.runs, { deadlineMs: 0 }, effects)),
  );
  const cut = others.find(({ lost }) => lost !== undefined)?.lost;
  if (cut !== undefined) return cut;
  const one = await whileOpen(others, changed(group, holder, between, effects), effects);
  if (one !== undefined) return one;
  for (const run of others) {
    const rest = [holder, ...others].filter((it) => it !== run);
    await whileOpen(rest, applyHost(run, group.shared, effects), effects);
    if (run.stopped) return run.failure ?? "it failed";
    if (effects.signal.aborted) return INTERRUPTED;
  }
  const fallen = await gate(group, before, effects);
  return fallen === undefined ? undefined : `with the change ${fallen}`;
}

const INTERRUPTED = "the run was interrupted";

async function changed(
  group: Group,
  holder: HostRun,
  between: Before,
  effects: Effects,
): Promise<string | undefined> {
  if (effects.signal.aborted) return INTERRUPTED;
  await applyHost(holder, group.shared, effects);
  if (holder.stopped) return holder.failure ?? "it failed";
  if (effects.signal.aborted) return INTERRUPTED;
  const fallen = await gate(group, between, effects);
  return fallen === undefined ? undefined : `with the change ${fallen}`;
}

async function standDown(
  run: HostRun,
  group: Group,
  effects: Effects,
): Promise<string | undefined> {
  if (run.standDown === undefined || effects.signal.aborted) return undefined;
  const since = effects.now();
  const failure = await stepRequest(run, STAND_DOWN.name, run.standDown.leave);
  const status = failure?.status ?? "ok";
  const error = failure === undefined ? {} : { error: failure.message };
  end(run, effects, { task: STAND_DOWN, status, since, ...error });
  if (failure !== undefined) return failure.message;
  run.stoodDown = true;
  await refresh(run, 0, group.shared, effects);
  return run.stopped ? run.failure ?? "it was lost" : undefined;
}

/** First each must be reached anew, so that nothing is left to go wrong when the word is given. */
async function reachAndKeep(
  all: readonly HostRun[],
  effects: Effects,
): Promise<string | undefined> {
  const cut = (await Promise.all(all.map((run) => reachable(run, effects)))).find((why) => why);
  return cut ?? await keepAll(all, effects);
}

/** Brings all of them back, in the order in which nobody holds what another one still does. */
async function backTogether(
  group: Group,
  holder: HostRun,
  others: readonly HostRun[],
  why: string,
  before: Before,
  effects: Effects,
): Promise<void> {
  const open = others.filter(({ opened }) => opened === true);
  await Promise.all(open.map(async (run) => {
    // Not journalled, because a disk may take no more. What cannot be stopped goes back all the
    // same: the others have to.
    const { standDown } = run;
    if (standDown !== undefined) await request(run, STAND_DOWN.name, standDown.leave, {});
  }));
  const opened = [holder, ...others].filter((run) => run.opened === true);
  await allBack(opened, why, group, before, effects);
}
