/**
 * Which processes are the first ones of a room and of its hosts. A number of a process comes back,
 * within a minute on a busy machine; the time at which it started does not. Without imports that need a
 * configuration: the stub of `ssh` asks too.
 * @module
 */

import { hasEnded, parseStat } from "../../src/lab/stat.ts";

function startOf(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return hasEnded(stat) ? undefined : parseStat(stat)?.startedAt;
  } catch {
    return undefined;
  }
}

/** Notes the first process of a host, or of the room itself: `room`. */
export async function noteFirst(dir: string, name: string, pid: number): Promise<void> {
  await Deno.writeTextFile(`${dir}/${name}.pid`, `${pid} ${startOf(pid) ?? "gone"}`);
}

/** The first process of a host, or of the room; undefined: the host has no power. */
export function firstOf(dir: string, name: string): number | undefined {
  try {
    const [pid, born] = Deno.readTextFileSync(`${dir}/${name}.pid`).split(" ");
    return startOf(Number(pid)) === born ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}
