/**
 * Which groups are above a group, and how far down it is. Circles are cut, and so is what is
 * tangled beyond all use.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Graph } from "./graph.ts";
import { errorAt, type Report } from "./problems.ts";

/** More groups above one group were not meant. */
const MAX_ABOVE = 200;

/** Child to its parents. */
type Parents = ReadonlyMap<string, ReadonlySet<string>>;

/** Where every group stands. */
export interface Ancestry {
  /** A group and all groups above it, except `all`. */
  above(group: string): ReadonlySet<string>;
  /** Longest way from `all`. */
  depth(group: string): number;
}

/** Works out where every group stands; what cannot be is reported. */
export function ancestry(graph: Graph, report: Report): Ancestry {
  let parents = parentsOf(graph, report);
  const above = new Map<string, ReadonlySet<string>>();
  for (const { name, source } of graph.groups.values()) {
    const found = walk(name, parents);
    above.set(name, found);
    if (found.size <= MAX_ABOVE) continue;
    const message = `Cannot place group ${quote(name)}: more than ${MAX_ABOVE} groups are above it`;
    report(errorAt(source, "too-deep", message));
    // An error has been reported: what follows only has to end soon.
    parents = new Map();
    above.clear();
    break;
  }
  return { above: (name) => above.get(name) ?? new Set([name]), depth: depths(parents) };
}

/** Parents without `all` and without what would close a circle. */
function parentsOf(graph: Graph, report: Report): Parents {
  const parents = new Map<string, Set<string>>();
  for (const group of graph.groups.values()) {
    if (group.name === "all" || group.children.size === 0) continue;
    const above = walk(group.name, parents);
    for (const [child, source] of group.children) {
      if (above.has(child)) {
        const message = `Cannot put group ${quote(child)} into group ${quote(group.name)}: ` +
          `${quote(group.name)} is in ${quote(child)} already`;
        report(errorAt(source, "group-cycle", message));
        continue;
      }
      parents.set(child, (parents.get(child) ?? new Set()).add(group.name));
    }
    // Circles further up are not looked for: the group is refused for what is above it.
    if (above.size > MAX_ABOVE) break;
  }
  return parents;
}

/** The group and those above it; stops once there are too many. */
function walk(name: string, parents: Parents): Set<string> {
  const found = new Set([name]);
  // A Set grows while it is walked.
  for (const each of found) {
    for (const parent of parents.get(each) ?? []) {
      found.add(parent);
      if (found.size > MAX_ABOVE) return found;
    }
  }
  return found;
}

function depths(parents: Parents): (name: string) => number {
  const known = new Map<string, number>([["all", 0]]);
  const depth = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = Math.max(0, ...[...(parents.get(name) ?? [])].map(depth)) + 1;
    known.set(name, found);
    return found;
  };
  return depth;
}
