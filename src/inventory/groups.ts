/**
 * The groups and hosts that an inventory file names, before anything is inherited.
 * @module
 */
import { didYouMean, quote } from "../diagnostics.ts";
import type { Source } from "../model.ts";
import { HOST_NAME, isGroupName, isHostName } from "./connection/grammar.ts";
import { errorAt, placeOf, type Report, warningAt } from "./problems.ts";
import { expandRange } from "./ranges.ts";
import { describe, type Entries, type Entry, type Located, mapOf, same } from "./yaml/located.ts";

/** More hosts than this were not meant. */
const MAX_HOSTS = 20_000;

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

/** Everything that an inventory file names, in order of appearance. */
export interface Graph {
  /** Groups by name; `all` and `ungrouped` are always there. */
  readonly groups: Map<string, Group>;
  /** Hosts by name. */
  readonly hosts: Map<string, HostNode>;
}

/** Reads the groups of an inventory file. */
export function readGroups(root: Located, report: Report): Graph {
  const graph: Graph = { groups: new Map(), hosts: new Map() };
  groupNamed(graph, "all", undefined);
  groupNamed(graph, "ungrouped", undefined);
  if (root.kind === "map") {
    for (const [name, entry] of root.entries) readGroup(graph, name, entry, report);
  } else if (root.value !== null) {
    const found = describe(root);
    report(errorAt(
      root.source,
      "wrong-type",
      `Cannot read groups: found ${found}, expected a mapping of groups`,
      "ansible-inventory -i FILE --list --yaml turns other formats into this one",
    ));
  }
  return graph;
}

function readGroup(graph: Graph, name: string, entry: Entry, report: Report): void {
  if (!isGroupName(name)) {
    const message = `Cannot use ${quote(name)} as a group: a group is a name of letters, digits, ` +
      "dots, dashes and underscores";
    return report(errorAt(entry.keySource, "group-name", message));
  }
  const group = groupNamed(graph, name, entry.keySource);
  const body = mapping(entry.node, `group ${quote(name)}`, report);
  for (const [key, part] of body) {
    if (key === "hosts") readHosts(graph, group, part, report);
    else if (key === "children") readChildren(graph, group, part, report);
    else if (key === "vars") {
      addVars(group.vars, mapping(part.node, `"vars" of group ${quote(name)}`, report), report);
    } else report(unknownPart(name, key, part));
  }
}

function readHosts(graph: Graph, group: Group, part: Entry, report: Report): void {
  for (const [pattern, entry] of names(part, `"hosts" of group ${quote(group.name)}`, report)) {
    const vars = mapping(entry.node, `host ${quote(pattern)}`, report);
    for (const name of hostNames(pattern, entry, report)) {
      group.hosts.add(name);
      const host = hostNamed(graph, name, entry.keySource);
      addVars(host.vars, vars, report);
      if (graph.hosts.size > MAX_HOSTS) {
        const message = `Cannot read more than ${MAX_HOSTS} hosts`;
        return report(errorAt(entry.keySource, "too-large", message));
      }
    }
  }
}

function readChildren(graph: Graph, group: Group, part: Entry, report: Report): void {
  const label = `"children" of group ${quote(group.name)}`;
  for (const [name, entry] of names(part, label, report)) {
    if (name === "all") {
      const message = `Cannot put group "all" into group ${
        quote(group.name)
      }: it holds every group`;
      report(errorAt(entry.keySource, "group-cycle", message));
      continue;
    }
    readGroup(graph, name, entry, report);
    if (isGroupName(name)) group.children.set(name, entry.keySource);
  }
}

/** The names behind a pattern that are fit to be hosts; everything else is reported. */
function hostNames(pattern: string, entry: Entry, report: Report): string[] {
  try {
    const expanded = expandRange(pattern);
    const wrong = expanded.find((name) => !isHostName(name));
    if (wrong === undefined) return expanded;
    const hint = /^[^:]+:\d+$/.test(wrong) ? "ansible_port" : undefined;
    const message = `Cannot use ${quote(wrong)} as a host: a host is ${HOST_NAME}`;
    report(errorAt(entry.keySource, "host-name", message, hint));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `Cannot expand host ${quote(pattern)}: ${error.message}`;
    report(errorAt(entry.keySource, "host-range", message));
  }
  return [];
}

/** Entries of a mapping; nothing is fine too. */
function mapping(node: Located, label: string, report: Report): Entries {
  if (node.kind === "map") return node.entries;
  if (node.value !== null) {
    const message = `Cannot read ${label}: found ${describe(node)}, expected a mapping`;
    report(errorAt(node.source, "wrong-type", message));
  }
  return new Map();
}

/** As {@link mapping}; Ansible also takes a single name. */
function names(part: Entry, label: string, report: Report): Entries {
  const { node } = part;
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    return mapping(node, label, report);
  }
  const nothing: Located = { kind: "scalar", source: node.source, value: null, text: "" };
  const entry: Entry = { keySource: node.source, node: nothing };
  return mapOf(node.source, new Map([[node.value, entry]])).entries;
}

/** Adds variables; a host or group may be written in several places, where the last one wins. */
function addVars(into: Map<string, Entry>, vars: Entries, report: Report): void {
  for (const [key, entry] of vars) {
    const first = into.get(key);
    if (first && first !== entry && !same(first.node, entry.node)) {
      const message = `${quote(key)} has another value at ${placeOf(first.keySource)}; ` +
        "this one wins, as it does in Ansible";
      report(warningAt(entry.keySource, "set-twice", message));
    }
    into.set(key, entry);
  }
}

function groupNamed(graph: Graph, name: string, source: Source | undefined): Group {
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

function hostNamed(graph: Graph, name: string, source: Source | undefined): HostNode {
  const known = graph.hosts.get(name);
  if (known) return known;
  const host: HostNode = { name, source, vars: new Map(), fileVars: new Map() };
  graph.hosts.set(name, host);
  return host;
}

function unknownPart(group: string, key: string, part: Entry) {
  const hint = didYouMean(key, ["hosts", "children", "vars"]);
  const message = `Key ${quote(key)} of group ${quote(group)} is ignored, as it is by Ansible: ` +
    "a group has hosts, children and vars";
  return warningAt(part.keySource, "unknown-group-key", message, hint);
}
