/**
 * Names that an inventory and its play hold, for completions: read from files and nothing else. No
 * host is contacted, no secret is fetched, no program is started, and what is wrong is not said.
 * @module
 */
import { parse } from "yaml";
import { type Loaded, loadInventory, noSecrets } from "../../inventory/load.ts";
import { expandRange } from "../../inventory/ranges.ts";
import { diskFiles } from "../../inventory/read.ts";
import { loadTemplates } from "../../templates.ts";
import { loadPlay } from "../play.ts";
import type { Candidate, NameKind } from "./wanted.ts";

/** More would fill the screen, and take longer to read than to type. */
const MOST = 2000;

/** Where names are looked up. */
export interface Place {
  /** The inventory on the line. */
  readonly inventory: string;
  /** `--play` on the line. */
  readonly play?: string;
}

/** Names of a kind. */
export async function namesOf(of: NameKind, { inventory, play }: Place): Promise<Candidate[]> {
  const loaded = await loadInventory(inventory, { secrets: noSecrets }).catch(() => undefined);
  if (of === "tags" || of === "tasks") {
    return loaded === undefined ? [] : await tasksOf(of, loaded, play);
  }
  const { hosts, groups } = loaded === undefined
    ? await namesInYaml(inventory)
    : { hosts: loaded.inventory.hosts.map(({ name }) => name), groups: groupsOf(loaded) };
  const all = of === "hosts"
    ? hosts.map((value) => ({ value, about: "host" }))
    : [...groups, ...hosts.map((value) => ({ value, about: "host" }))];
  return all.slice(0, MOST);
}

function groupsOf({ inventory }: Loaded): Candidate[] {
  return [...inventory.groups].filter(([, hosts]) => hosts.length > 0)
    .map(([value, { length }]) => ({ value, about: length === 1 ? "1 host" : `${length} hosts` }));
}

async function tasksOf(
  of: "tags" | "tasks",
  { inventory }: Loaded,
  file: string | undefined,
): Promise<Candidate[]> {
  const templates = await loadTemplates(new URL("../../../templates/", import.meta.url));
  const play = await loadPlay(file, templates);
  const tasks = inventory.endpoints.flatMap((endpoint) =>
    endpoint.members.flatMap((member) => play.tasks(endpoint, member))
  );
  const values = of === "tasks"
    ? tasks.map(({ name }) => name)
    : tasks.flatMap(({ tags }) => tags).sort();
  return [...new Set(values)].slice(0, MOST).map((value) => ({ value }));
}

/** What can be read of an inventory in YAML that has mistakes: it is being written. */
async function namesInYaml(path: string) {
  const read = await diskFiles.read(path);
  const found = { hosts: new Set<string>(), groups: new Set<string>() };
  const visit = (value: unknown) => {
    for (const [name, group] of entries(value)) {
      found.groups.add(name);
      for (const [pattern] of entries(at(group, "hosts"))) {
        for (const host of expandRange(pattern)) found.hosts.add(host);
      }
      visit(at(group, "children"));
    }
  };
  if (read.kind === "text") visit(parse(read.text, { logLevel: "silent", maxAliasCount: 100 }));
  const groups = [...found.groups].map((value) => ({ value, about: "group" }));
  return { hosts: [...found.hosts], groups };
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function at(value: unknown, key: string): unknown {
  return entries(value).find(([name]) => name === key)?.[1];
}
