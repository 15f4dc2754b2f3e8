/**
 * Names that an inventory and its play hold, for completions: read from files and nothing else. No
 * host is contacted, no secret is fetched, no program is started, and what is wrong is not said.
 * @module
 */
import { loadInventory, noSecrets } from "../../inventory/load.ts";
import type { Programs } from "../../inventory/programs.ts";
import { survey } from "../../inventory/survey.ts";
import { ownFile } from "../../own_files.ts";
import { loadTemplates } from "../../templates.ts";
import { schemaKeys } from "../explain/known.ts";
import { loadPlay } from "../play.ts";
import type { Candidate, NameKind } from "./wanted.ts";

/** More would fill the screen, and take longer to read than to type. */
const MOST = 2000;

/** An inventory that is a program stays one: nothing is started while somebody types. */
const programs: Programs = () => () => Promise.resolve({ kind: "unread" });

/** Where names are looked up. */
export interface Place {
  /** The inventory on the line. */
  readonly inventory: string;
  /** `--play` on the line. */
  readonly play?: string;
  /** The host on the line. */
  readonly host?: string;
}

/**
 * Names of a kind. Hosts and groups of an inventory with mistakes are known too: it is being
 * written.
 * @throws {InputError} when nothing can be read
 */
export async function namesOf(of: NameKind, place: Place): Promise<readonly Candidate[]> {
  const names = of === "tags" || of === "tasks"
    ? await tasksOf(of, place)
    : of === "keys"
    ? await keysOf(place)
    : await hostsOf(of, place);
  return names.slice(0, MOST);
}

async function hostsOf(of: "hosts" | "patterns", { inventory }: Place): Promise<Candidate[]> {
  const { resolved } = await survey(inventory, { programs });
  const hosts = [...resolved.hosts.keys()].map((value) => ({ value, about: "host" }));
  if (of === "hosts") return hosts;
  const groups = [...resolved.groups.keys()].flatMap((value) => {
    const { length } = resolved.hostsOf(value);
    return length === 0 ? [] : [{ value, about: length === 1 ? "1 host" : `${length} hosts` }];
  });
  return [...groups, ...hosts];
}

async function keysOf({ inventory, host = "" }: Place): Promise<Candidate[]> {
  const { resolved } = await survey(inventory, { programs });
  const written = [...resolved.hosts.get(host)?.merged.keys() ?? []];
  return [...new Set([...written, ...schemaKeys()])].map((value) => ({ value }));
}

async function tasksOf(of: "tags" | "tasks", { inventory, play: file }: Place) {
  const loaded = await loadInventory(inventory, { secrets: noSecrets, programs });
  const templates = await loadTemplates(ownFile("templates/"));
  const play = await loadPlay(file, templates);
  const tasks = loaded.inventory.endpoints.flatMap((endpoint) =>
    [...endpoint.members, ...endpoint.leaving ?? []].flatMap((member) =>
      play.tasks(endpoint, member)
    )
  );
  const values = of === "tasks"
    ? tasks.map(({ name }) => name)
    : tasks.flatMap(({ tags }) => tags).sort();
  return [...new Set(values)].map((value): Candidate => ({ value }));
}
