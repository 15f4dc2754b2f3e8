/**
 * What `ansible-inventory --list` and inventory programs print: groups with lists of hosts and
 * children, and the variables of all hosts under `_meta`.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import {
  addChild,
  addHosts,
  addVars,
  checkedGroup,
  type Graph,
  type Group,
  mapping,
} from "../graph.ts";
import { errorAt, type Report, warningAt } from "../problems.ts";
import { below, describe, type Entry, type Located } from "../yaml/located.ts";

const PARTS = ["hosts", "vars", "children"];

/** Whether a value has the shape of a listing rather than that of a YAML inventory. */
export function isListing(root: Located, format: "json" | "yaml"): boolean {
  if (root.kind !== "map") return false;
  if (root.entries.has("_meta")) return true;
  // In YAML a list of hosts is a mistake that many make, and the message says so.
  return format === "json" &&
    [...root.entries.values()].some(({ node }) =>
      node.kind === "list" || below(node, ["hosts"])?.kind === "list" ||
      below(node, ["children"])?.kind === "list"
    );
}

/** Adds a listing to a graph. Tells whether it brought the variables of the hosts. */
export function readListing(graph: Graph, root: Located, report: Report): boolean {
  if (root.kind !== "map") {
    const found = describe(root);
    report(
      errorAt(root.source, "wrong-type", `Cannot read groups: found ${found}, expected a map`),
    );
    return true;
  }
  for (const [name, entry] of root.entries) {
    if (name !== "_meta") readGroup(graph, name, entry, report);
  }
  const meta = root.entries.get("_meta")?.node;
  const hostvars = meta && below(meta, ["hostvars"]);
  if (!hostvars) return false;
  for (const [name, entry] of mapping(hostvars, '"_meta.hostvars"', report)) {
    // Ansible passes over hosts that no group names, too.
    const vars = mapping(entry.node, `the variables of host ${quote(name)}`, report);
    const host = graph.hosts.get(name);
    if (host) addVars(host.vars, vars, report);
    else report(unnamedHost(name, entry));
  }
  return true;
}

function readGroup(graph: Graph, name: string, entry: Entry, report: Report): void {
  const group = checkedGroup(graph, name, entry.keySource, report);
  if (!group) return;
  const { node } = entry;
  if (node.kind === "list") return readHosts(graph, group, node, report);
  const parts = mapping(node, `group ${quote(name)}`, report);
  if (parts.size > 0 && !PARTS.some((part) => parts.has(part))) {
    // The oldest form of all: a name that is a group and its only host.
    const vars = parts;
    const source = entry.keySource;
    return addHosts(graph, group, { pattern: name, source, vars, exact: true }, report);
  }
  for (const [key, part] of parts) {
    const label = `${quote(key)} of group ${quote(name)}`;
    if (key === "hosts") readHosts(graph, group, part.node, report);
    else if (key === "vars") addVars(group.vars, mapping(part.node, label, report), report);
    else if (key === "children") readChildren(graph, group, part.node, report);
    else {
      const message = `Key ${label} is ignored, as it is by Ansible: a group has hosts, children ` +
        "and vars";
      report(warningAt(part.keySource, "unknown-group-key", message, didYouMean(key, PARTS)));
    }
  }
}

function readHosts(graph: Graph, group: Group, node: Located, report: Report): void {
  const vars = new Map();
  for (const { value, source } of strings(node, `"hosts" of group ${quote(group.name)}`, report)) {
    // A program names each host: brackets are no range here, and the grammar refuses them.
    addHosts(graph, group, { pattern: value, source, vars, exact: true }, report);
  }
}

function readChildren(graph: Graph, group: Group, node: Located, report: Report): void {
  const label = `"children" of group ${quote(group.name)}`;
  for (const { value, source } of strings(node, label, report)) {
    if (checkedGroup(graph, value, source, report)) addChild(group, value, source, report);
  }
}

function strings(node: Located, label: string, report: Report) {
  if (node.kind !== "list") {
    const message = `Cannot read ${label}: found ${describe(node)}, expected a list of names`;
    report(errorAt(node.source, "wrong-type", message));
    return [];
  }
  return node.items.flatMap((item) => {
    const { value, source } = item;
    if (typeof value === "string") return [{ value, source }];
    const message = `Cannot read ${label}: found ${describe(item)}, expected a name`;
    report(errorAt(source, "wrong-type", message));
    return [];
  });
}

function unnamedHost(name: string, entry: Entry) {
  const message = `The variables of ${quote(name)} are not used: no group names this host`;
  return warningAt(entry.keySource, "unnamed-host", message);
}
