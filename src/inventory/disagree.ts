/**
 * Where the value of a variable would be a guess: groups of the same rank that disagree, and
 * places where Ansible's longer list of precedence picks another value.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { RankedGroup } from "./groups.ts";
import { errorAt, placeOf, type Report, warningAt } from "./problems.ts";
import { type Entries, type Entry, same } from "./yaml/located.ts";

/** Keys that belong to a group rather than to its hosts. */
const OF_THE_GROUP = new Set(["endpoint", "ansible_group_priority"]);

/** Reports variables that two groups of the same rank set to different values for one host. */
export function conflicts(
  host: string,
  groups: readonly RankedGroup[],
  own: Entries,
  report: Report,
): void {
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
  for (const [key, { group, entry, against }] of found) {
    if (!against || own.has(key) || OF_THE_GROUP.has(key)) continue;
    const message = `Cannot tell ${quote(key)} of host ${quote(host)}: group ` +
      `${quote(group.name)} sets it here, another group of the same rank sets it to another ` +
      `value at ${placeOf(against.keySource)}`;
    report(errorAt(entry.keySource, "group-conflict", message, "set it on the host"));
  }
}

/**
 * Warns where one file would mean two things: Ansible ranks every group_vars file above every
 * `vars` of the inventory file, even a parent's file above a child's `vars`.
 */
export function warnWhereAnsibleDiffers(
  host: string,
  groups: readonly RankedGroup[],
  own: Entries,
  report: Report,
): void {
  const files = new Map<string, Entry>();
  const ours = new Map<string, Entry>();
  for (const group of groups) {
    for (const [key, entry] of group.vars) ours.set(key, entry);
    for (const [key, entry] of group.fileVars) {
      files.set(key, entry);
      ours.set(key, entry);
    }
  }
  for (const [key, theirs] of files) {
    const entry = ours.get(key)!;
    if (own.has(key) || OF_THE_GROUP.has(key) || same(entry.node, theirs.node)) continue;
    const message = `Ansible takes ${quote(key)} of host ${quote(host)} from ` +
      `${placeOf(theirs.keySource)}, Holdfast from here: the deeper group wins`;
    report(warningAt(entry.keySource, "ansible-differs", message));
  }
}
