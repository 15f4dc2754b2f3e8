/**
 * `--list-hosts`, `--list-tasks` and `--list-tags`: what a run would work on, without a run.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import type { Endpoint, Play } from "../model.ts";
import { escaped, printableLine } from "../terminal.ts";
import { VERSION } from "../version.ts";
import { type HostTasks, tagsOf } from "./selection.ts";

/** Flags that list and do nothing else. */
export interface ListingFlags {
  /** List hosts. */
  readonly listHosts?: boolean | undefined;
  /** List tasks. */
  readonly listTasks?: boolean | undefined;
  /** List tags. */
  readonly listTags?: boolean | undefined;
  /** One JSON object a line. */
  readonly json?: boolean | undefined;
}

/** What is listed. */
export interface Listed {
  /** The play. */
  readonly play: Play;
  /** Every selected host. */
  readonly hosts: readonly HostTasks[];
  /** Only the conditions are looked at: `verify` does no task. */
  readonly checksOnly: boolean;
}

/** Whether something is to be listed, and nothing done. */
export function isListing({ listHosts, listTasks, listTags }: ListingFlags): boolean {
  return listHosts === true || listTasks === true || listTags === true;
}

/** The listing: in Ansible's shape for people, or one JSON object a line. */
export function listing(listed: Listed, flags: ListingFlags): string {
  return flags.json === true ? asJson(listed, flags) : asText(listed, flags);
}

/** Hosts of one endpoint that have the same tasks, which are listed once. */
interface Alike {
  readonly names: readonly string[];
  readonly one: HostTasks;
}

/** Hosts by their endpoint, in the order of the inventory. */
function byEndpoint({ hosts }: Listed): ReadonlyMap<Endpoint, readonly HostTasks[]> {
  return Map.groupBy(hosts, ({ endpoint }) => endpoint);
}

function asText(listed: Listed, flags: ListingFlags): string {
  const lines = [`play: ${printableLine(listed.play.name)}`];
  for (const [endpoint, hosts] of byEndpoint(listed)) {
    const tasks = listed.checksOnly ? [] : hosts.flatMap(({ wanted }) => wanted);
    lines.push("", `  endpoint ${endpoint.name} (${addressesOf(endpoint).join(", ")})`);
    if (flags.listHosts) {
      lines.push(`    hosts (${hosts.length}):`, ...hosts.map(({ host }) => `      ${host}`));
    }
    if (flags.listTasks) {
      if (!listed.checksOnly) lines.push(...alike(hosts).flatMap((it) => taskLines(it, hosts)));
      const checks = listed.play.checks(endpoint).map(({ name }) => `      ${printableLine(name)}`);
      lines.push("    checks:", ...checks);
    }
    if (flags.listTags) lines.push(`    TASK TAGS: [${tagsOf(tasks).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

function taskLines({ names, one }: Alike, hosts: readonly HostTasks[]): string[] {
  const whose = names.length === hosts.length ? "" : ` of ${names.join(", ")}`;
  const lines = one.wanted.map(({ name, tags }) =>
    `      ${printableLine(name)}\tTAGS: [${tags.toSorted().join(", ")}]`
  );
  return [`    tasks${whose}:`, ...lines];
}

function alike(hosts: readonly HostTasks[]): Alike[] {
  const found = new Map<string, Alike>();
  for (const one of hosts) {
    const key = JSON.stringify(one.wanted.map(({ name, tags }) => [name, tags]));
    const names = found.get(key)?.names ?? [];
    found.set(key, { one, names: [...names, one.host] });
  }
  return [...found.values()];
}

function asJson(listed: Listed, flags: ListingFlags): string {
  const rows: object[] = [{ type: "version", format: 1, holdfast: VERSION }];
  for (const { endpoint, host, wanted } of listed.hosts) {
    const common = { endpoint: endpoint.name, host };
    if (flags.listHosts) rows.push({ type: "host", ...common });
    if (!flags.listTasks || listed.checksOnly) continue;
    for (const { name, kind, tags } of wanted) {
      rows.push({ type: "task", ...common, kind, task: name, tags });
    }
  }
  for (const [endpoint, hosts] of byEndpoint(listed)) {
    const { name } = endpoint;
    if (flags.listTasks) {
      for (const check of listed.play.checks(endpoint)) {
        rows.push({ type: "check", endpoint: name, check: check.name, hosts: check.hosts });
      }
    }
    const tags = listed.checksOnly ? [] : tagsOf(hosts.flatMap(({ wanted }) => wanted));
    if (flags.listTags) rows.push(...tags.map((tag) => ({ type: "tag", endpoint: name, tag })));
  }
  return rows.map((row) => `${escaped(JSON.stringify(row))}\n`).join("");
}
