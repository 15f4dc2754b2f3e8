/**
 * Who is in which group, and which value of a variable counts.
 *
 * Precedence, from weak to strong: groups by depth (`all`, parents, children), in a group its
 * group_vars over its `vars`; the host, its host_vars over what stands beside its name; the
 * command line. Two groups of the same depth that disagree are an error.
 * @module
 */
import { quote } from "../diagnostics.ts";
import { conflicts, warnWhereAnsibleDiffers } from "./disagree.ts";
import type { Graph, Group, HostNode, RankedGroup } from "./groups.ts";
import { errorAt, type Report } from "./problems.ts";
import type { Entries, Entry } from "./yaml/located.ts";

/** A host with everything that it inherits. */
export interface ResolvedHost extends HostNode {
  /** Groups the host is in, parents first. */
  readonly groups: readonly RankedGroup[];
  /** Merged variables. */
  readonly merged: Entries;
}

/** The graph with inheritance worked out. */
export interface Resolved {
  /** Groups by name, in order of appearance. */
  readonly groups: ReadonlyMap<string, RankedGroup>;
  /** Hosts by name, in order of appearance. */
  readonly hosts: ReadonlyMap<string, ResolvedHost>;
  /** Names of the hosts of a group, those of its children included, in order of appearance. */
  hostsOf(group: string): readonly string[];
}

/** Works out membership and merges variables; a cycle of groups is reported and cut. */
export function resolve(graph: Graph, extra: Entries, report: Report): Resolved {
  const parents = parentsOf(graph, report);
  const groups = rank(graph, parents, report);
  const memberships = new Map([...graph.hosts.keys()].map((name) => [name, new Set<string>()]));
  for (const group of graph.groups.values()) {
    const line = ancestors(group.name, parents);
    for (const host of group.hosts) line.forEach((name) => memberships.get(host)?.add(name));
  }
  const hosts = new Map<string, ResolvedHost>();
  for (const host of graph.hosts.values()) {
    const names = memberships.get(host.name)!;
    names.add("all");
    if (names.size === 1) names.add("ungrouped");
    const own = [...groups.values()].filter((g) => names.has(g.name)).sort(byRank);
    hosts.set(host.name, {
      ...host,
      groups: own,
      merged: merge(host, own, extra, report),
    });
  }
  const hostsOf = (group: string) =>
    [...hosts.values()].filter((h) => h.groups.some((g) => g.name === group)).map((h) => h.name);
  return { groups, hosts, hostsOf };
}

function merge(
  host: HostNode,
  groups: readonly RankedGroup[],
  extra: Entries,
  report: Report,
): Entries {
  const merged = new Map<string, Entry>();
  for (const group of groups) {
    for (const [key, entry] of [...group.vars, ...group.fileVars]) merged.set(key, entry);
  }
  const own: Entries = new Map([...host.vars, ...host.fileVars, ...extra]);
  conflicts(host.name, groups, own, report);
  warnWhereAnsibleDiffers(host.name, groups, own, report);
  for (const [key, entry] of own) merged.set(key, entry);
  return merged;
}

/** Child to its parents, without `all` and without what would close a circle. */
function parentsOf(graph: Graph, report: Report): Map<string, Set<string>> {
  const parents = new Map<string, Set<string>>();
  for (const group of graph.groups.values()) {
    if (group.name === "all") continue;
    for (const [child, source] of group.children) {
      if (ancestors(group.name, parents).has(child)) {
        const message = `Cannot put group ${quote(child)} into group ${quote(group.name)}: ` +
          `${quote(group.name)} is in ${quote(child)} already`;
        report(errorAt(source, "group-cycle", message));
        continue;
      }
      parents.set(child, (parents.get(child) ?? new Set()).add(group.name));
    }
  }
  return parents;
}

/** A group and all groups above it, except `all`. */
function ancestors(name: string, parents: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set([name]);
  // A Set grows while it is walked.
  for (const each of found) parents.get(each)?.forEach((parent) => found.add(parent));
  return found;
}

function rank(
  graph: Graph,
  parents: ReadonlyMap<string, ReadonlySet<string>>,
  report: Report,
): Map<string, RankedGroup> {
  const depths = new Map<string, number>([["all", 0]]);
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const depth = Math.max(0, ...[...(parents.get(name) ?? [])].map(depthOf)) + 1;
    depths.set(name, depth);
    return depth;
  };
  return new Map(
    [...graph.groups.values()].map((group) => [
      group.name,
      { ...group, depth: depthOf(group.name), priority: priorityOf(group, report) },
    ]),
  );
}

function priorityOf(group: Group, report: Report): number {
  const entry = group.fileVars.get("ansible_group_priority") ??
    group.vars.get("ansible_group_priority");
  if (!entry) return 1;
  const value = Number(entry.node.value);
  if (Number.isInteger(value)) return value;
  const message = `Cannot use "ansible_group_priority" of group ${quote(group.name)}: ` +
    "expected a whole number";
  report(errorAt(entry.node.source, "wrong-type", message));
  return 1;
}

function byRank(a: RankedGroup, b: RankedGroup): number {
  return a.depth - b.depth || a.priority - b.priority;
}
