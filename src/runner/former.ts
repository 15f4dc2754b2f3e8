/**
 * Hosts that were members once and that nobody has taken out.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import { TaskError } from "../errors.ts";
import type { Diagnostic, Endpoint, ExecResult, FormerMember, Host, Task } from "../model.ts";
import { connectAndLook, unlessAborted } from "./connect.ts";
import type { Group } from "./group.ts";
import type { Effects } from "./host.ts";
import { makeGroup, membersOf } from "./make_group.ts";
import type { RunSpec } from "./spec.ts";

/**
 * Groups with the hosts that have left their endpoint's group and are in the inventory still: they
 * are taken out of service as those that say so themselves, before the others forget them. What was
 * seen of a group that this changes is looked at again.
 */
export async function withFormer(
  groups: readonly Group[],
  spec: RunSpec,
  effects: Effects,
): Promise<readonly Group[]> {
  const { hostNamed, mode, bound } = spec;
  if (hostNamed === undefined || mode === "verify" || bound !== undefined) return groups;
  const members = membersOf(spec);
  return await Promise.all(groups.map(async (group) => {
    const hosts = formerOf(group, members).flatMap(({ name }) => hostNamed(name) ?? []);
    if (hosts.length === 0 || effects.signal.aborted) return group;
    for (const { name } of hosts) {
      const message = `"${name}" is no load balancer of "${group.endpoint.name}" any more: ` +
        "it is taken out of service first";
      const diagnostic = { severity: "warning", code: "leaving-member", message } as const;
      effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
    }
    return await joinedBy(hosts, group, spec, effects);
  }));
}

async function joinedBy(
  hosts: readonly Host[],
  group: Group,
  spec: RunSpec,
  effects: Effects,
): Promise<Group> {
  const { leaving = [] } = group.endpoint;
  const members = hosts.map((host) => ({ host, absent: true }));
  const endpoint = { ...group.endpoint, leaving: [...leaving, ...members] };
  const selected = new Set([...spec.selected, ...hosts.map(({ name }) => name)]);
  const larger = makeGroup({ ...spec, selected }, endpoint, group.lock, group.about);
  for (const run of larger.runs) {
    const known = group.runs.find(({ member }) => member.host.name === run.member.host.name);
    if (known?.session !== undefined) run.session = known.session;
    if (known?.stopped) run.stopped = true;
  }
  await Promise.all(
    larger.runs.filter(({ stopped }) => !stopped).map((run) =>
      unlessAborted(connectAndLook(run, larger, spec, effects), effects.signal)
    ),
  );
  return larger;
}

/** Warns of every host that a member remembers and the inventory has forgotten. */
export function warnOfFormer(group: Group, isMember: ReadonlySet<string>, effects: Effects): void {
  const leaving = new Set(group.endpoint.leaving?.map(({ host }) => host.name));
  for (const former of formerOf(group, isMember)) {
    if (leaving.has(former.name)) continue;
    const diagnostic = forgotten(former, group.endpoint);
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
}

/** Hosts that members remember; one that carries another endpoint now has been made anew for that. */
function formerOf(group: Group, isMember: ReadonlySet<string>): readonly FormerMember[] {
  const found = new Map<string, FormerMember>();
  for (const { tasks, seen } of group.runs) {
    for (const [i, task] of tasks.entries()) {
      const answer = seen[i];
      if (answer === undefined) continue;
      for (const former of remembered(task, answer)) found.set(former.name, former);
    }
  }
  return [...found.values()].filter(({ name }) => !isMember.has(name));
}

function remembered(task: Task, answer: ExecResult): readonly FormerMember[] {
  try {
    return task.former?.(answer) ?? [];
  } catch (error) {
    // An answer that makes no sense is the task's own to report.
    if (error instanceof TaskError) return [];
    throw error;
  }
}

function forgotten({ name, address }: FormerMember, endpoint: Endpoint): Diagnostic {
  return {
    severity: "warning",
    code: "former-member",
    message: `"${name}" (${address}) was a load balancer of "${endpoint.name}", and was left out ` +
      `of its group without being taken out of service: it may hold ${
        addressesOf(endpoint).join(", ")
      } too`,
    hint: `put it back with "endpoint_host: { state: absent }", type apply, then remove it; the ` +
      `warning ends with that, whether or not the machine is still there`,
  };
}
