/**
 * Where the value of a variable would be a guess: groups of the same rank that disagree, and
 * places where Ansible's longer list of precedence picks another value.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Diagnostic } from "../model.ts";
import type { RankedGroup } from "./graph.ts";
import { errorAt, placeOf, warningAt } from "./problems.ts";
import { type Entry, same } from "./yaml/located.ts";

/** Keys that belong to a group rather than to its hosts. */
const OF_THE_GROUP = new Set(["endpoint", "placement", "ansible_group_priority"]);

/** A variable of some groups that is a guess for every host that does not set it itself. */
export interface Disagreement {
  /** The variable. */
  readonly key: string;
  /** What is wrong with it for a host. */
  about(host: string): Diagnostic;
}

/** Variables that two groups of the same rank set to different values; groups from weak to strong. */
export function conflicts(groups: readonly RankedGroup[]): Disagreement[] {
  const found = new Map<string, { group: RankedGroup; entry: Entry; against?: Entry }>();
  for (const group of groups) {
    for (const [key, entry] of new Map([...group.vars, ...group.fileVars])) {
      const last = found.get(key);
      const level = last?.group.depth === group.depth && last.group.priority === group.priority;
      const differs = level && !same(last.entry.node, entry.node);
      // A stronger group settles what weaker ones disagree on, and so may a host.
      const against = differs ? last.entry : level ? last.against : undefined;
      found.set(key, { group, entry, ...(against ? { against } : {}) });
    }
  }
  return [...found].flatMap(([key, { group, entry, against }]) => {
    if (!against || OF_THE_GROUP.has(key)) return [];
    const about = (host: string) => {
      const message = `Cannot tell ${quote(key)} of host ${quote(host)}: group ` +
        `${quote(group.name)} sets it here, another group of the same rank sets it to another ` +
        `value at ${placeOf(against.keySource)}`;
      return errorAt(entry.keySource, "group-conflict", message, "set it on the host");
    };
    return [{ key, about }];
  });
}

/**
 * Variables where one file would mean two things: Ansible ranks every group_vars file above every
 * `vars` of the inventory file, even a parent's file above a child's `vars`.
 */
export function ansibleDiffers(groups: readonly RankedGroup[]): Disagreement[] {
  const files = new Map<string, Entry>();
  const ours = new Map<string, Entry>();
  for (const group of groups) {
    for (const [key, entry] of group.vars) ours.set(key, entry);
    for (const [key, entry] of group.fileVars) {
      files.set(key, entry);
      ours.set(key, entry);
    }
  }
  return [...files].flatMap(([key, theirs]) => {
    const entry = ours.get(key)!;
    if (OF_THE_GROUP.has(key) || same(entry.node, theirs.node)) return [];
    const about = (host: string) => {
      const message = `Ansible takes ${quote(key)} of host ${quote(host)} from ` +
        `${placeOf(theirs.keySource)}, Holdfast from here: the deeper group wins`;
      return warningAt(entry.keySource, "ansible-differs", message);
    };
    return [{ key, about }];
  });
}
