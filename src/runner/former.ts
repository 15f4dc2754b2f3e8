/**
 * Hosts that were members once and that nobody has taken out.
 * @module
 */
import { TaskError } from "../errors.ts";
import type { Diagnostic, Endpoint, ExecResult, FormerMember, Task } from "../model.ts";
import type { Group } from "./group.ts";
import type { Effects } from "./host.ts";

/** Warns of every host that a member remembers and the inventory has forgotten. */
export function warnOfFormer(group: Group, isMember: ReadonlySet<string>, effects: Effects): void {
  const found = new Map<string, FormerMember>();
  for (const { tasks, seen } of group.runs) {
    for (const [i, task] of tasks.entries()) {
      const answer = seen[i];
      if (answer === undefined) continue;
      for (const former of remembered(task, answer)) found.set(former.name, former);
    }
  }
  for (const former of found.values()) {
    // One that carries another endpoint now has been made anew for that.
    if (isMember.has(former.name)) continue;
    const diagnostic = forgotten(former, group.endpoint);
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
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
      `of its group without being taken out of service: it may hold ${endpoint.address} too`,
    hint: `put it back with "endpoint_host: { state: absent }", type apply, then remove it; the ` +
      `warning ends with that, whether or not the machine is still there`,
  };
}
