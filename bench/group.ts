/**
 * A control group, in which the kernel counts the CPU time of a run with everything that it starts,
 * what leaves for the background too.
 * @module
 */
import { dirname, join } from "@std/path";
import { makeGroups, pidsInGroups } from "../src/lab/cgroup.ts";
import { until } from "../src/lab/process.ts";

/** The group of the runs. */
export interface Group {
  /** What a process writes its number into to enter it. */
  readonly enter: string;
  /** CPU seconds that all its processes have used until now. */
  cpuS(): Promise<number>;
  /** CPU seconds of a group beside it. */
  cpuOf(name: string): Promise<number>;
  /** What lives in it. */
  pids(): Promise<readonly number[]>;
  /** Ends what lives in it, and waits until it has. @throws {Error} when something stays */
  clear(): Promise<void>;
  /** Removes it from the machine. */
  remove(): Promise<void>;
}

/** Makes a group. @throws {Error} when this machine counts CPU time nowhere */
export async function openGroup(name: string): Promise<Group> {
  const files = await makeGroups(name);
  const folders = files.map(dirname);
  const counts = await Promise.all(folders.map(usageOf));
  const counting = folders[counts.findIndex((it) => it !== undefined)];
  if (counting === undefined) {
    throw new Error("Cannot count CPU time: no control group of this machine does");
  }
  const pids = () => pidsInGroups(name);
  return {
    enter: join(counting, "cgroup.procs"),
    cpuS: async () => await usageOf(counting) ?? 0,
    cpuOf: async (other) => await usageOf(join(dirname(counting), other)) ?? 0,
    pids,
    clear: async () => {
      const gone = async () => (await pids()).length === 0;
      // ssh that keeps a connection for later, and ends when it is told to.
      for (const [signal, ms] of [["SIGTERM", 3000], ["SIGKILL", 5000]] as const) {
        if (await gone()) return;
        for (const pid of await pids()) end(pid, signal);
        if (await until(gone, ms)) return;
      }
      throw new Error(`Cannot end what a run left: ${(await pids()).join(", ")} still run`);
    },
    remove: async () => {
      for (const folder of folders) await Deno.remove(folder).catch(() => {});
    },
  };
}

/** CPU seconds of a group; unset: it is not one that counts. */
async function usageOf(folder: string): Promise<number | undefined> {
  const one = await Deno.readTextFile(join(folder, "cpuacct.usage")).catch(() => undefined);
  if (one !== undefined) return Number(one) / 1e9;
  const two = await Deno.readTextFile(join(folder, "cpu.stat")).catch(() => "");
  const usec = /^usage_usec (\d+)$/m.exec(two)?.[1];
  return usec === undefined ? undefined : Number(usec) / 1e6;
}

function end(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
