/**
 * An inventory in the shapes of `ansible-inventory`: `--list`, `--host` and `--graph`.
 * @module
 */
import type { RankedGroup } from "../graph.ts";
import type { Resolved, ResolvedHost } from "../resolve.ts";
import { printable } from "../../terminal.ts";
import type { Entries } from "../yaml/located.ts";
import { pythonText } from "./python.ts";
import { shownVars, sorted } from "./shown.ts";

/** What is listed. */
export interface Listed {
  /** Groups and hosts. */
  readonly resolved: Resolved;
  /** Whether a host is wanted. */
  readonly wanted: (host: string) => boolean;
}

/** Variables of a host, without its passwords. */
export function hostVars(host: ResolvedHost): Record<string, unknown> {
  return withoutPriority(host.merged);
}

/** Everything: groups with hosts and children, and variables of all hosts under `_meta`. */
export function listing({ resolved, wanted }: Listed): Record<string, unknown> {
  const groups: Record<string, object> = {};
  for (const group of resolved.groups.values()) {
    const hosts = group.name === "all" ? [] : hostsIn(group, resolved).filter(wanted);
    const children = childrenOf(group, resolved);
    if (hosts.length + children.length === 0) continue;
    groups[group.name] = {
      ...(children.length > 0 ? { children } : {}),
      ...(hosts.length > 0 ? { hosts } : {}),
    };
  }
  const hostvars: [string, object][] = [...resolved.hosts.values()]
    .filter(({ name }) => wanted(name))
    .map((host): [string, object] => [host.name, hostVars(host)])
    .filter(([, vars]) => Object.keys(vars).length > 0);
  return { ...groups, _meta: { hostvars: Object.fromEntries(hostvars) } };
}

/** Groups that share children can make a tree without an end that anybody would see. */
const MAX_LINES = 1_000_000;

/**
 * The tree of groups, one line each, with variables where they are asked for.
 * @throws {RangeError} with the reason, as the end of a sentence, when it has too many lines
 */
export function tree({ resolved, wanted }: Listed, withVars: boolean): string[] {
  const lines: string[] = [];
  const line = (text: string, depth: number) => {
    if (lines.length >= MAX_LINES) throw new RangeError(`it has more than ${MAX_LINES} lines`);
    lines.push(printable(depth === 0 ? text : `${"  |".repeat(depth)}--${text}`));
  };
  const vars = (values: Record<string, unknown>, depth: number) => {
    if (!withVars) return;
    for (const [key, value] of Object.entries(sorted(values))) {
      line(`{${key} = ${pythonText(value)}}`, depth);
    }
  };
  const walk = (group: RankedGroup, depth: number) => {
    line(`@${group.name}:`, depth);
    for (const child of childrenOf(group, resolved)) walk(resolved.groups.get(child)!, depth + 1);
    if (group.name !== "all") {
      for (const name of hostsIn(group, resolved).filter(wanted)) {
        line(name, depth + 1);
        vars(hostVars(resolved.hosts.get(name)!), depth + 2);
      }
    }
    vars(groupVars(group), depth + 1);
  };
  walk(resolved.groups.get("all")!, 0);
  return lines;
}

/** Hosts that a group names itself; hosts without a group are in `ungrouped`. */
function hostsIn(group: RankedGroup, { hosts }: Resolved): string[] {
  if (group.name !== "ungrouped") return [...group.hosts];
  const loose = [...hosts.values()].filter(({ groups }) =>
    groups.some(({ name }) => name === "ungrouped")
  ).map(({ name }) => name);
  const known = new Set(loose);
  return [...new Set([...[...group.hosts].filter((name) => known.has(name)), ...loose])];
}

/** Groups below a group; what has no parent is below `all`, where `ungrouped` is always first. */
function childrenOf(group: RankedGroup, { groups }: Resolved): string[] {
  const own = [...group.children.keys()].filter((name) => groups.has(name));
  if (group.name !== "all") return own;
  const placed = new Set([...groups.values()].flatMap(({ children }) => [...children.keys()]));
  const loose = [...groups.keys()].filter((name) => name !== "all" && !placed.has(name));
  return [...new Set(["ungrouped", ...own, ...loose])];
}

function groupVars(group: RankedGroup): Record<string, unknown> {
  const vars = withoutPriority(new Map([...group.vars, ...group.fileVars]));
  return group.priority === 1 ? vars : { ...vars, ansible_group_priority: group.priority };
}

/** The priority ranks a group; no host inherits it. */
function withoutPriority(vars: Entries): Record<string, unknown> {
  return shownVars(new Map([...vars].filter(([key]) => key !== "ansible_group_priority")));
}
