/**
 * Where nothing stands yet there is nothing to lose: hosts change side by side, and end together.
 * @module
 */
import { applyHost } from "./apply.ts";
import { type Before, gate, goBack } from "./ending.ts";
import { each, type Group } from "./group.ts";
import { type Effects, finish, type HostRun } from "./host.ts";
import { commit, whileOpen } from "./journal.ts";

/** Changes hosts side by side. One that fails goes back alone; what is worse than before, all do. */
export async function beside(
  group: Group,
  willing: readonly HostRun[],
  before: Before,
  forks: number,
  effects: Effects,
): Promise<void> {
  const ready: HostRun[] = [];
  const work = each(forks, willing, async (run) => {
    await applyHost(run, group.shared, effects);
    if (run.opened !== true) return;
    if (run.stopped || effects.signal.aborted) {
      await goBack(run, run.failure ?? "the run was interrupted", group, before, effects);
    } else ready.push(run);
  });
  await whileOpen(ready, work, effects);
  await together(group, ready, before, effects);
  if (!effects.signal.aborted) { for (const run of willing) finish(run, effects); }
}

/** All that were changed are kept, or all go back. */
async function together(
  group: Group,
  ready: readonly HostRun[],
  before: Before,
  effects: Effects,
): Promise<void> {
  if (ready.length === 0) return;
  const fallen = effects.signal.aborted
    ? "the run was interrupted"
    : await gate(group, before, effects);
  await Promise.all(ready.map(async (run) => {
    const why = fallen === undefined ? await commit(run, effects) : `with the change ${fallen}`;
    if (why !== undefined) await goBack(run, why, group, before, effects);
  }));
}
