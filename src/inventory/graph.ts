/**
 * The groups and hosts that an inventory names, before anything is inherited. Every format adds to
 * the same graph through the functions here, so that all of them share one grammar and one limit.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Source } from "../model.ts";
import { HOST_NAME, isGroupName, isHostName } from "./connection/grammar.ts";
import { errorAt, placeOf, type Report, warningAt } from "./problems.ts";
import { expandRange } from "./ranges.ts";
import { describe, type Entries, type Entry, type Located, same } from "./yaml/located.ts";

/** More hosts than this were not meant. */
const MAX_HOSTS = 20_000;
/** How often hosts may be named: ranges that name the same hosts again cost time as well. */
const MAX_MENTIONS = 100_000;

/** A group as it was written. */
export interface Group {
  /** Its name. */
  readonly name: string;
  /** Where it is written first; missing for `all` and `ungrouped` when nobody writes them. */
  readonly source: Source | undefined;
  /** Hosts that it names itself. */
  readonly hosts: Set<string>;
  /** Groups that it names as its children. */
  readonly children: Map<string, Source | undefined>;
  /** Its `vars`. */
  readonly vars: Map<string, Entry>;
  /** Variables from group_vars. */
  readonly fileVars: Map<string, Entry>;
}

/** A group with its place in the tree. */
export interface RankedGroup extends Group {
  /** Longest way from `all`. */
  readonly depth: number;
  /** `ansible_group_priority`: the larger one wins among groups of the same depth. */
  readonly priority: number;
}

/** A host as it was written. */
export interface HostNode {
  /** Its name. */
  readonly name: string;
  /** Where it is written first. */
  readonly source: Source | undefined;
  /** Variables beside its name. */
  readonly vars: Map<string, Entry>;
  /** Variables from host_vars. */
  readonly fileVars: Map<string, Entry>;
}

/** Everything that an inventory names, in order of appearance. */
export interface Graph {
  /** Groups by name; `all` and `ungrouped` are always there. */
  readonly groups: Map<string, Group>;
  /** Hosts by name. */
  readonly hosts: Map<string, HostNode>;
  /** How often hosts were named so far. */
  mentions: number;
}

/** Hosts as they are written: one name or a range, with their variables. */
export interface Mention {
  /** A name, or a range such as `lb[1:3]`. */
  readonly pattern: string;
  /** Where it stands. */
  readonly source: Source | undefined;
  /** Variables beside it. */
  readonly vars: Entries;
  /** The pattern is a name, whatever brackets it holds. @default {false} */
  readonly exact?: boolean;
}

/** A graph with the two groups that are always there. */
export function newGraph(): Graph {
  const graph: Graph = { groups: new Map(), hosts: new Map(), mentions: 0 };
  groupNamed(graph, "all", undefined);
  groupNamed(graph, "ungrouped", undefined);
  return graph;
}

/** The group of this name, which is made when it is new. */
export function groupNamed(graph: Graph, name: string, source: Source | undefined): Group {
  const known = graph.groups.get(name);
  if (known?.source || (known && !source)) return known;
  const group: Group = known ? { ...known, source } : {
    name,
    source,
    hosts: new Set(),
    children: new Map(),
    vars: new Map(),
    fileVars: new Map(),
  };
  graph.groups.set(name, group);
  return group;
}

/** As {@link groupNamed}, for a name that still has to pass the grammar; reports when it does not. */
export function checkedGroup(
  graph: Graph,
  name: string,
  source: Source | undefined,
  report: Report,
): Group | undefined {
  if (isGroupName(name)) return groupNamed(graph, name, source);
  const message = `Cannot use ${quote(name)} as a group: a group is a name of letters, digits, ` +
    "dots, dashes and underscores";
  return void report(errorAt(source, "group-name", message));
}

/** Puts hosts into a group; what is no name of a host is reported and left out. */
export function addHosts(graph: Graph, group: Group, mention: Mention, report: Report): void {
  const { source, vars } = mention;
  if (isFull(graph)) return;
  for (const name of hostNames(mention, report)) {
    group.hosts.add(name);
    addVars(hostNamed(graph, name, source).vars, vars, report);
    graph.mentions++;
    if (!isFull(graph)) continue;
    const message = graph.hosts.size > MAX_HOSTS
      ? `Cannot read more than ${MAX_HOSTS} hosts`
      : `Cannot read more than ${MAX_MENTIONS} names of hosts`;
    return report(errorAt(source, "too-large", message));
  }
}

/** Makes one group the child of another; `all` holds every group and can be in none. */
export function addChild(
  group: Group,
  child: string,
  source: Source | undefined,
  report: Report,
): void {
  if (child !== "all") return void group.children.set(child, source);
  const message = `Cannot put group "all" into group ${quote(group.name)}: it holds every group`;
  report(errorAt(source, "group-cycle", message));
}

/** Adds variables; a host or group may be written in several places, where the last one wins. */
export function addVars(into: Map<string, Entry>, vars: Entries, report: Report): void {
  for (const [key, entry] of vars) {
    const first = into.get(key);
    if (first && first !== entry && !same(first.node, entry.node)) {
      const message = `${quote(key)} has another value at ${placeOf(first.keySource)}; ` +
        "this one wins, as it does in Ansible";
      report(warningAt(entry.keySource, "set-twice", message));
    }
    setEntry(into, key, entry);
  }
}

/** Sets a variable and remembers what it replaced, for those who ask where a value comes from. */
export function setEntry(into: Map<string, Entry>, key: string, entry: Entry): void {
  const first = into.get(key);
  into.set(key, first && first !== entry ? { ...entry, overrode: first } : entry);
}

/** Whether a limit was passed, which was reported: the rest of the inventory is not looked at. */
export function isFull({ hosts, mentions }: Graph): boolean {
  return hosts.size > MAX_HOSTS || mentions > MAX_MENTIONS;
}

function hostNamed(graph: Graph, name: string, source: Source | undefined): HostNode {
  const known = graph.hosts.get(name);
  if (known) return known;
  const host: HostNode = { name, source, vars: new Map(), fileVars: new Map() };
  graph.hosts.set(name, host);
  return host;
}

/** The names behind a pattern that are fit to be hosts; everything else is reported. */
function hostNames({ pattern, source, exact }: Mention, report: Report): string[] {
  try {
    const expanded = exact ? [pattern] : expandRange(pattern);
    const wrong = expanded.find((name) => !isHostName(name));
    if (wrong === undefined) return expanded;
    const hint = /^[^:]+:\d+$/.test(wrong) ? "ansible_port" : undefined;
    const message = `Cannot use ${quote(wrong)} as a host: a host is ${HOST_NAME}`;
    report(errorAt(source, "host-name", message, hint));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `Cannot expand host ${quote(pattern)}: ${error.message}`;
    report(errorAt(source, "host-range", message));
  }
  return [];
}

/** Entries of a mapping; nothing is fine too. */
export function mapping(node: Located, label: string, report: Report): Entries {
  if (node.kind === "map") return node.entries;
  if (node.value !== null) {
    const message = `Cannot read ${label}: found ${describe(node)}, expected a mapping`;
    report(errorAt(node.source, "wrong-type", message));
  }
  return new Map();
}
