/**
 * What a plan is bound by. The host itself makes the hashes, with a key that it keeps: whoever
 * reads a plan can neither see nor try out what a file or a password will be.
 * @module
 */
import { ConnectError, TaskError } from "../errors.ts";
import { differences, type PlannedHost } from "../saved_plan.ts";
import { sh } from "../shell.ts";
import { asTask, type Forecast, foresee } from "./forecast.ts";
import type { Group } from "./group.ts";
import type { Effects, HostRun } from "./host.ts";
import { type Item, keyOf, type Mark, split, type Text } from "./bond.ts";

/**
 * Shell text that answers with one hash for each text. The key is made of the host's private ssh
 * keys: every host that we can reach has some, only root can read them, and nothing is written. What
 * is hashed comes through a pipe, so that no process list shows it.
 */
function hashScript(texts: readonly string[]): string {
  return sh`keys=$(cat /etc/ssh/ssh_host_*_key /etc/dropbear/dropbear_*_host_key 2>/dev/null)
[ -n "$keys" ] || { echo 'it has no private ssh host key that could be read' >&2; exit 1; }
key=$(printf %s "$keys" | sha256sum)
hash() { sum=$(printf %s "$1" | sha256sum); printf %s "$key$sum" | sha256sum; }
for text in ${texts}; do hash "$text"; done`;
}

async function hashes(run: HostRun, texts: readonly string[]): Promise<string[]> {
  const { session, member: { host } } = run;
  if (session === undefined) throw new TypeError(`Cannot hash on "${host.name}": no session`);
  const { code, stdout, stderr } = await session.run(hashScript(texts));
  const sums = stdout.split("\n").map((line) => line.slice(0, 64)).filter((sum) => sum !== "");
  if (code === 0 && sums.length === texts.length && sums.every((sum) => /^[0-9a-f]+$/.test(sum))) {
    return sums;
  }
  const why = stderr.trim() === "" ? `sha256sum said "${stdout.slice(0, 80)}"` : stderr.trim();
  throw new TaskError(`Cannot make a plan for "${host.name}": ${why}`);
}

/** Every change of a forecast, handlers last, target by target. Pure. */
function itemsOf({ decisions, handlers }: Forecast): Item[] {
  const tasks = decisions.flatMap((decision) =>
    "plan" in decision ? [{ task: decision.task.name, changes: decision.plan.changes }] : []
  );
  const last = handlers.map(asTask).map(({ task, changes }) => ({ task: task.name, changes }));
  return [...tasks, ...last].flatMap(({ task, changes }) =>
    changes.flatMap((it) => split(task, it))
  );
}

/**
 * What a plan says of a host: its forecast, with hashes in place of contents. One round trip.
 * @throws {TaskError} when the host cannot make hashes
 * @throws {ConnectError} when the link is lost
 */
export async function plannedHost(
  run: HostRun,
  forecast: Forecast,
  { describe }: Pick<Effects, "describe">,
): Promise<PlannedHost> {
  const items = itemsOf(forecast);
  const identity = "the machine itself";
  const parts = items.flatMap(({ before, after }) =>
    before === undefined ? [after] : [before, after]
  );
  const texts = [...new Set([identity, ...parts.flatMap((it) => "text" in it ? [it.text] : [])])];
  const sums = new Map((await hashes(run, texts)).map((sum, i) => [texts[i] ?? "", sum]));
  const marked = (it: Text | Mark) => "text" in it ? sums.get(it.text) ?? "" : it.mark;
  return {
    identity: sums.get(identity) ?? "",
    changes: items.map(({ task, change, target, before, after }) => ({
      task,
      kind: change.kind,
      target,
      summary: describe(change).summary,
      ...(before === undefined ? {} : { before: marked(before) }),
      after: marked(after),
    })),
  };
}

/**
 * Compares every host with its plan, before anything is touched. Binds the hosts to what was
 * foreseen, and gives what has changed, by host; nothing: the plan holds.
 */
export async function bind(
  groups: readonly Group[],
  plan: ReadonlyMap<string, PlannedHost>,
  effects: Effects,
): Promise<{ readonly host: string; readonly message: string }[]> {
  const runs = groups.flatMap((group) =>
    group.runs.filter(({ selected }) => selected).map((run) => ({ run, group }))
  );
  const names = new Set(runs.map(({ run }) => run.member.host.name));
  const missing = [...plan.keys()].filter((name) => !names.has(name))
    .map((host) => ({ host, message: "the inventory does not select it any more" }));
  const found = await Promise.all(runs.map(async ({ run, group }) => {
    const host = run.member.host.name;
    const planned = plan.get(host);
    if (planned === undefined) return [{ host, message: "the plan does not know it" }];
    const forecast = foresee(run, group.shared.facts);
    run.bond = new Map(itemsOf(forecast).map((item) => [keyOf(item), item]));
    return (await compared(run, forecast, planned, effects)).map((message) => ({ host, message }));
  }));
  return [...missing, ...found.flat()];
}

async function compared(
  run: HostRun,
  forecast: Forecast,
  planned: PlannedHost,
  effects: Effects,
): Promise<string[]> {
  const broken = forecast.decisions.flatMap((it) => "error" in it ? [it.error] : []);
  if (broken.length > 0) return broken;
  try {
    return differences(planned, await plannedHost(run, forecast, effects));
  } catch (error) {
    if (error instanceof TaskError || error instanceof ConnectError) return [error.message];
    throw error;
  }
}
