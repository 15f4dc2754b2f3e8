import { ConnectError, TaskError } from "../errors.ts";
import type { ExecResult, GroupCheck } from "../model.ts";
import { plannedHost } from "./bind.ts";
import { type Forecast, foresee, report } from "./forecast.ts";
import type { Group } from "./group.ts";
import { type Effects, end, finish, type HostRun } from "./host.ts";
import { applyGroup } from "./order.ts";
import { leaveAsIs, plannedOf, preflight } from "./preflight.ts";
import { settle } from "./settle.ts";
import type { RunSpec } from "./spec.ts";

/** What follows when every host of an endpoint has been seen. */
export async function conclude(group: Group, spec: RunSpec, effects: Effects): Promise<void> {
  const { runs, shared, checks, answers } = group;
  if (effects.signal.aborted) return;
  const willing = runs.filter((run) => run.selected && !run.stopped);
  let pending = false;
  if (spec.mode === "check") {
    const forecasts = willing.map((run) => ({ run, forecast: foresee(run, shared.facts) }));
    await preflight(group, plannedOf(forecasts), spec, effects);
    if (effects.signal.aborted) return;
    pending = forecasts.map(({ run, forecast }) => report(run, forecast, effects)).includes(true);
    // One after the other, so that plans are in the inventory's order.
    for (const { run, forecast } of forecasts) {
      await keepPlan(run, forecast, spec, effects);
      finish(run, effects);
    }
  }
  if (spec.mode === "apply") {
    if (!(await mayBegin(group, willing, spec, effects))) return;
    const ready = willing.filter(({ stopped }) => !stopped);
    await applyGroup(group, ready, spec.forks, effects);
  }
  for (const [i, check] of checks.entries()) {
    if (effects.signal.aborted) return;
    await judge(check, group, answers[i], pending, spec, effects);
  }
}

/** Whether what an apply is about to do meets nothing that stops it; else it is said, and nothing done. */
async function mayBegin(
  group: Group,
  willing: readonly HostRun[],
  spec: RunSpec,
  effects: Effects,
): Promise<boolean> {
  if (group.preflights.length === 0) return true;
  const planned = plannedOf(
    willing.map((run) => ({ run, forecast: foresee(run, group.shared.facts) })),
  );
  if (await preflight(group, planned, spec, effects)) return true;
  if (!effects.signal.aborted) leaveAsIs(group, effects);
  return false;
}

async function keepPlan(run: HostRun, forecast: Forecast, { keep }: RunSpec, effects: Effects) {
  if (keep === undefined || run.stopped) return;
  const task = { kind: "plan", name: "plan" };
  try {
    keep(run.member.host.name, await plannedHost(run, forecast, effects));
  } catch (error) {
    if (error instanceof TaskError) {
      end(run, effects, { task, status: "failed", error: error.message });
    } else if (error instanceof ConnectError) {
      end(run, effects, { task, status: "unreachable", error: error.message });
    } else throw error;
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
  const excused = isExcused(check, runs, first);
  const verdict = await settle(check, runs, {
    first: stale ? undefined : first,
    deadlineMs: mode === "apply" ? patience(check, runs, excused) : waitMs,
    strict: mode === "verify",
  }, effects);
  if (!verdict.ok && runs.some(({ wentBack }) => wentBack)) {
    // It asks for what would have been; that the endpoint stands as before has been said.
    return report("skipped", `${verdict.message}; the change was undone`);
  }
  if (verdict.ok || !excused) return report(verdict.ok ? "ok" : "failed", verdict.message);
  const why = "as before this run, which did not do all of the play";
  report("skipped", `${verdict.message}; ${why}`);
}

/** A run that does a part of the play need not make true what the whole play would. */
function isExcused(
  check: GroupCheck,
  runs: readonly HostRun[],
  first: ReadonlyMap<string, ExecResult> = new Map(),
): boolean {
  return runs.some(({ selected, partial }) => selected && partial) && !check.judge(first).ok;
}

/** What may well never come true is not worth the whole wait. */
function patience({ deadlineMs }: GroupCheck, runs: readonly HostRun[], excused: boolean): number {
  const failed = runs.some(({ selected, stopped }) => selected && stopped);
  if (runs.some(({ wentBack }) => wentBack)) return 0;
  if (excused && !runs.some(({ changed }) => changed)) return 0;
  return failed || excused ? Math.min(deadlineMs, 5000) : deadlineMs;
}
