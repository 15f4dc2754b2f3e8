/**
 * The load balancers of an endpoint, with what `endpoint_host` says of each.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Host, Member } from "../../model.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import type { Resolved, ResolvedHost } from "../resolve.ts";
import { below, describe, type Located } from "../yaml/located.ts";
import { ownAddresses } from "./addresses.ts";
import { validate } from "./issues.ts";
import { ENDPOINT_HOST_KEYS, type EndpointHostMap, endpointHostSchema } from "./schema.ts";

/** What finding members needs. */
export interface MembersOptions {
  /** Groups and variables. */
  readonly resolved: Resolved;
  /** Hosts by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Ansible's other ways to reach or become: Holdfast has ssh, sudo and root. */
const ONLY: readonly (readonly [key: string, words: readonly string[]])[] = [
  ["ansible_connection", ["ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh"]],
  ["ansible_become_method", ["sudo", "ansible.builtin.sudo", "community.general.sudo"]],
  ["ansible_become_user", ["root"]],
];

/** The members of a group in inventory order, those that leave too; priorities are unique. */
export function membersOf(group: string, options: MembersOptions): Member[] {
  const priorities = new Map<number, Located>();
  return options.resolved.hostsOf(group).map((name) => {
    const resolved = options.resolved.hosts.get(name)!;
    const host = options.hosts.get(name)!;
    checkWays(resolved, options.report);
    const node = resolved.merged.get("endpoint_host")?.node;
    const settings = node && settingsOf(name, node, options.report);
    const addresses = settings && ownOf(name, settings, node, options.report);
    if (node && settings?.priority !== undefined && settings.state !== "absent") {
      const place = below(node, ["priority"]) ?? node;
      const first = priorities.get(settings.priority);
      if (first) options.report(samePriority(name, settings.priority, place, first));
      else priorities.set(settings.priority, place);
    }
    return { host, ...defined(settings ?? {}), ...(addresses && { addresses }) };
  });
}

function ownOf(host: string, settings: EndpointHostMap, node: Located, report: Report) {
  if (node.kind !== "map") return undefined;
  const label = `"endpoint_host" of host ${quote(host)}`;
  return ownAddresses(settings, { label, node, report });
}

function settingsOf(host: string, node: Located, report: Report): EndpointHostMap | undefined {
  const label = `"endpoint_host" of host ${quote(host)}`;
  if (node.kind !== "map") {
    const message = `Cannot use ${label}: found ${describe(node)}, expected a mapping`;
    return void report(errorAt(node.source, "wrong-type", message));
  }
  return validate(node, { label, schema: endpointHostSchema, keys: ENDPOINT_HOST_KEYS }, report);
}

/** Reports ways to reach a host, or to become root there, that Holdfast does not have. */
export function checkWays(host: ResolvedHost, report: Report): void {
  for (const [key, words] of ONLY) {
    const entry = host.merged.get(key);
    if (!entry || words.includes(String(entry.node.value))) continue;
    const message = `Cannot use ${quote(key)} of host ${quote(host.name)}: found ` +
      `${describe(entry.node)}, supported is ${words[0]}`;
    report(errorAt(entry.node.source, "unsupported", message));
  }
}

function samePriority(host: string, priority: number, place: Located, first: Located) {
  const message = `Cannot give priority ${priority} to host ${quote(host)}: another host has it ` +
    `at ${placeOf(first.source)}`;
  return errorAt(place.source, "duplicate-priority", message);
}

/** Leaves out what is unset, as the model's types ask. */
function defined(settings: EndpointHostMap): Omit<Member, "host"> {
  const { priority, state, interface: name } = settings;
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(state === "MASTER" || state === "BACKUP" ? { state } : {}),
    ...(state === "absent" ? { absent: true } : {}),
    ...(name === undefined ? {} : { interface: name }),
  };
}
