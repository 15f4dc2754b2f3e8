/**
 * Groups and hosts as YAML writes them: a mapping of groups, each with hosts, children and vars.
 * @module
 */
import { didYouMean, quote } from "../diagnostics.ts";
import { isGroupName } from "./connection/grammar.ts";
import {
  addChild,
  addHosts,
  addVars,
  checkedGroup,
  type Graph,
  type Group,
  mapping,
} from "./graph.ts";
import { errorAt, type Report, warningAt } from "./problems.ts";
import { describe, type Entries, type Entry, type Located, mapOf } from "./yaml/located.ts";

/** Adds the groups of an inventory in YAML to a graph. */
export function readGroups(graph: Graph, root: Located, report: Report): void {
  if (root.kind === "map") {
    for (const [name, entry] of root.entries) readGroup(graph, name, entry, report);
  } else if (root.value !== null) {
    const found = describe(root);
    const message = `Cannot read groups: found ${found}, expected a mapping of groups`;
    report(errorAt(root.source, "wrong-type", message, "all: { hosts: { NAME: } }"));
  }
}

function readGroup(graph: Graph, name: string, entry: Entry, report: Report): void {
  const group = checkedGroup(graph, name, entry.keySource, report);
  if (!group) return;
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
    addHosts(graph, group, { pattern, source: entry.keySource, vars }, report);
  }
}

function readChildren(graph: Graph, group: Group, part: Entry, report: Report): void {
  const label = `"children" of group ${quote(group.name)}`;
  for (const [name, entry] of names(part, label, report)) {
    if (name !== "all") readGroup(graph, name, entry, report);
    if (isGroupName(name)) addChild(group, name, entry.keySource, report);
  }
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

function unknownPart(group: string, key: string, part: Entry) {
  const hint = didYouMean(key, ["hosts", "children", "vars"]);
  const message = `Key ${quote(key)} of group ${quote(group)} is ignored, as it is by Ansible: ` +
    "a group has hosts, children and vars";
  return warningAt(part.keySource, "unknown-group-key", message, hint);
}
