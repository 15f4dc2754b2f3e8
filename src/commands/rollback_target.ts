/**
 * Which run a rollback goes back behind, which it cannot, and what is said of it. Pure.
 * @module
 */
import { PATHS } from "../endpoint/paths.ts";
import { InputError } from "../errors.ts";
import { filesBefore, lastKept, type RunRecord } from "../journal/history.ts";
import type { About } from "../journal/open.ts";
import type { Diagnostic, Endpoint } from "../model.ts";

/** What every host remembers, by name. */
export type Memories = ReadonlyMap<string, readonly RunRecord[]>;

/**
 * The run to go back behind.
 *
 * @param wanted its id. @default {the last that was kept}
 * @throws {InputError} when no host knows it, or nobody can go back behind it
 */
export function targetOf(
  memories: Memories,
  endpoints: readonly Endpoint[],
  wanted: string | undefined,
): About {
  const kept = [...memories.values()].flat().filter(({ verdict }) => verdict.state === "committed")
    .map(({ about }) => about);
  const found = wanted === undefined
    ? lastKept(memories.values())
    : kept.find(({ id }) => id === wanted);
  if (found === undefined) throw unknown(wanted, kept, memories, endpoints);
  const obstacle = obstacleOf(found.id, memories, endpoints);
  if (obstacle === undefined) return found;
  const { why, hint } = obstacle;
  throw refused(`Cannot go back to before run "${found.id}": ${why}`, hint);
}

/** What a person should know before hosts go back behind a run. */
export function announcement({ id, what, who }: About, inventory: string): string {
  return `Back to before run ${id} (${what} by ${who}). What of it the inventory still asks for, ` +
    `the next apply makes again: holdfast check ${inventory} says what that is.\n`;
}

function unknown(
  wanted: string | undefined,
  kept: readonly About[],
  memories: Memories,
  endpoints: readonly Endpoint[],
): InputError {
  if (wanted === undefined) return refused("Cannot go back: no host remembers a run", "");
  const ids = [...new Set(kept.map(({ id }) => id))].toSorted().toReversed();
  const able = ids.filter((id) => obstacleOf(id, memories, endpoints) === undefined);
  const [newest] = ids;
  const why = newest === undefined ? undefined : obstacleOf(newest, memories, endpoints);
  return refused(
    `Cannot go back to before run "${wanted}": no host remembers it, or it was not kept`,
    able.length > 0
      ? `runs that can be undone: ${able.join(", ")}`
      : why === undefined
      ? ""
      : `no run can be undone, not even ${newest}: ${why.why}; ${why.hint}`,
  );
}

/** Why nobody can go back behind a run, and what to do instead. */
interface Obstacle {
  readonly why: string;
  readonly hint: string;
}

function obstacleOf(
  id: string,
  memories: Memories,
  endpoints: readonly Endpoint[],
): Obstacle | undefined {
  const changed = (host: string) => filesBefore(memories.get(host) ?? [], id);
  for (const endpoint of endpoints) {
    const names = (some: Endpoint["members"]) => some.map(({ host }) => host.name);
    const gone = names(endpoint.leaving ?? []).filter((host) => changed(host).length > 0);
    if (gone.length > 0) return afterLeaving(gone, endpoint);
    const bare = names(endpoint.members).filter((host) =>
      changed(host).some(({ path, made }) => path === PATHS.keepalived && made === true)
    );
    if (bare.length > 0) return beforeFirst(bare, endpoint);
  }
  return undefined;
}

/** Accounts, units and packages of a host that was taken apart are in no file. */
function afterLeaving(hosts: readonly string[], { members }: Endpoint): Obstacle {
  const [where, again] = members.length === 0
    ? ["endpoint", "it"]
    : ["endpoint_host", hosts.join(", ")];
  return {
    why: `it changed ${hosts.join(", ")}, which the inventory wants absent, and rollback brings ` +
      "back files alone, no accounts and no units",
    hint: `to have ${again} again: without "state: absent" in "${where}", then apply`,
  };
}

/** Before the first deployment there was nothing: to go back there is to take it away. */
function beforeFirst(hosts: readonly string[], { members }: Endpoint): Obstacle {
  const all = hosts.length === members.length;
  return {
    why: `on ${hosts.join(", ")} nothing was deployed before it`,
    hint: all
      ? "to take the whole endpoint away: endpoint: { state: absent }, then apply"
      : `to take ${hosts.join(", ")} out of service: endpoint_host: { state: absent }, then apply`,
  };
}

function refused(message: string, hint: string): InputError {
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "rollback",
    message,
    ...(hint === "" ? {} : { hint }),
  };
  return new InputError([diagnostic]);
}
