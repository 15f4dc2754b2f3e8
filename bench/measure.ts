/**
 * Runs one command on the controller and says what it took.
 * @module
 */
import { delay } from "@std/async/delay";
import { raw, sh } from "../src/shell.ts";
import type { Controller } from "./controller.ts";
import type { Group } from "./group.ts";
import type { Command } from "./tools.ts";

/** Where it runs, and how it is looked at. */
export interface Setting {
  /** The machine. */
  readonly controller: Controller;
  /** Where its CPU time is counted. */
  readonly group: Group;
  /** Variables of every run. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder for what it prints. */
  readonly folder: string;
  /** Whether its memory is looked at, which takes time. */
  readonly memory: boolean;
}

/** What a run took. */
export interface Taken {
  /** The exit code. */
  readonly code: number;
  /** What it printed. */
  readonly stdout: string;
  /** The same of its errors. */
  readonly stderr: string;
  /** From its start to its end, in milliseconds. */
  readonly wallMs: number;
  /** CPU seconds of it and of all that it started, until the last of it has ended. */
  readonly cpuS: number;
  /** The most memory that all of it had at once. */
  readonly peak?: Peak;
}

/** Memory of several processes; what they share is counted once. */
export interface Peak {
  /** In units of a million bytes. */
  readonly mb: number;
  /** How many there were then. */
  readonly processes: number;
}

/** How often memory is looked at, in milliseconds. */
const EVERY_MS = 25;

/**
 * Runs a command. The clock starts when everything around it stands, and stops when the command
 * itself has ended; what it left in the background, as ssh for a later run, is then ended too, so
 * that no run finds a connection of another.
 */
export async function measure({ argv, env }: Command, setting: Setting): Promise<Taken> {
  const { controller, group, folder, memory } = setting;
  const [out, err] = [`${folder}/stdout`, `${folder}/stderr`];
  // Not a pipe: what goes to the background would hold it open.
  const waiting = sh`echo ready; read -r _; exec "$@" </dev/null >${out} 2>${err}`;
  const inside = controller.inside({ ...setting.env, ...env });
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      sh`echo $$ >${group.enter} && exec ${raw('"$@"')}`,
      ...["sh", ...inside, "sh", "-c", waiting, "sh", ...argv],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  if ((await reader.read()).value === undefined) throw new Error("Cannot enter the controller");
  const before = await group.cpuS();
  const writer = child.stdin.getWriter();
  const since = performance.now();
  await writer.write(new TextEncoder().encode("go\n"));
  const stop = new AbortController();
  const watched = memory ? peakOf(group, stop.signal) : undefined;
  const { code } = await child.status;
  const wallMs = performance.now() - since;
  stop.abort();
  await writer.close().catch(() => {});
  await reader.cancel();
  const peak = await watched;
  await group.clear();
  return {
    code,
    wallMs,
    cpuS: await group.cpuS() - before,
    stdout: await Deno.readTextFile(out),
    stderr: await Deno.readTextFile(err),
    ...(peak === undefined ? {} : { peak }),
  };
}

async function peakOf(group: Group, stop: AbortSignal): Promise<Peak> {
  let peak: Peak = { mb: 0, processes: 0 };
  while (!stop.aborted) {
    const pids = await group.pids();
    const sizes = await Promise.all(pids.map(sizeOf));
    const mb = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    if (mb > peak.mb) peak = { mb, processes: pids.length };
    await delay(EVERY_MS);
  }
  return peak;
}

/** Bytes of a process; of a page that several have, each has its part. */
async function sizeOf(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`).catch(() => "");
  return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}
