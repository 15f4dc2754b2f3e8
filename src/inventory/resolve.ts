/**
 * Who is in which group, and which value of a variable counts.
 *
 * Precedence, from weak to strong: groups by depth (`all`, parents, children), in a group its
 * group_vars over its `vars`; the host, its host_vars over what stands beside its name; the
 * command line. Two groups of the same depth that disagree are an error.
 * @module
 */
import { quote } from "../diagnostics.ts";
import { type Ancestry, ancestry } from "./ancestry.ts";
import { ansibleDiffers, conflicts, type Disagreement } from "./disagree.ts";
import type { Graph, Group, HostNode, RankedGroup } from "./graph.ts";
import { errorAt, type Report } from "./problems.ts";
import type { Entries } from "./yaml/located.ts";

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
  const places = ancestry(graph, report);
  const groups = rank(graph, places, report);
  const memberships = membershipsOf(graph, places);
  const order = [...groups.values()].sort(byRank);
  const position = new Map(order.map((group, i) => [group.name, i]));
  const merge = merger(extra, report);
  const hosts = new Map<string, ResolvedHost>();
  const members = new Map<string, string[]>([...groups.keys()].map((name) => [name, []]));
  for (const host of graph.hosts.values()) {
    const positions = [...memberships.get(host.name)!].map((name) => position.get(name)!);
    const own = positions.sort((a, b) => a - b).map((i) => order[i]!);
    hosts.set(host.name, { ...host, groups: own, merged: merge(host, own, positions.join()) });
    for (const { name } of own) members.get(name)!.push(host.name);
  }
  return { groups, hosts, hostsOf: (group) => members.get(group) ?? [] };
}

/** Names of all groups of every host; a host in no other group is `ungrouped`. */
function membershipsOf(
  graph: Graph,
  { above }: Ancestry,
): ReadonlyMap<string, ReadonlySet<string>> {
  const memberships = new Map([...graph.hosts.keys()].map((name) => [name, new Set(["all"])]));
  for (const group of graph.groups.values()) {
    const line = above(group.name);
    for (const host of group.hosts) line.forEach((name) => memberships.get(host)?.add(name));
  }
  for (const names of memberships.values()) {
    if (names.size === 1) names.add("ungrouped");
    // A host may be written both at the top and in a group.
    else if (names.size > 2) names.delete("ungrouped");
  }
  return memberships;
}

/** What hosts of the same groups inherit is worked out once, however many they are. */
interface Inherited {
  readonly vars: Entries;
  readonly disagreements: readonly Disagreement[];
}

/** Makes the function that merges the variables of a host; the key names its groups. */
function merger(extra: Entries, report: Report) {
  const known = new Map<string, Inherited>();
  return (host: HostNode, groups: readonly RankedGroup[], key: string): Entries => {
    const inherited = known.get(key) ?? inherit(groups);
    known.set(key, inherited);
    const own: Entries = new Map([...host.vars, ...host.fileVars, ...extra]);
    for (const { key, about } of inherited.disagreements) {
      if (!own.has(key)) report(about(host.name));
    }
    return own.size === 0 ? inherited.vars : new Map([...inherited.vars, ...own]);
  };
}

function inherit(groups: readonly RankedGroup[]): Inherited {
  const vars = new Map(groups.flatMap((group) => [...group.vars, ...group.fileVars]));
  return { vars, disagreements: [...conflicts(groups), ...ansibleDiffers(groups)] };
}

function rank(
  graph: Graph,
  { depth }: Ancestry,
  report: Report,
): Map<string, RankedGroup> {
  return new Map(
    [...graph.groups.values()].map((group) => [
      group.name,
      { ...group, depth: depth(group.name), priority: priorityOf(group, report) },
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
