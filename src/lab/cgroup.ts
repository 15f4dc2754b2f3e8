/**
 * One control group per host in every hierarchy, so that hosts never share one and nothing stays behind.
 *
 * @module
 */
import { join } from "@std/path";
import { ownsName } from "./layout.ts";
import { mounts } from "./mounts.ts";
import { until } from "./process.ts";

/** Makes a host's groups and gives the files through which a process enters them. */
export async function makeGroups(name: string): Promise<string[]> {
  const files: string[] = [];
  for (const root of await hierarchies()) {
    const group = join(root, name);
    await Deno.mkdir(group, { recursive: true });
    // A new cpuset is empty, and an empty one takes no process.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) await inherit(root, group, file);
    files.push(join(group, "cgroup.procs"));
  }
  return files;
}

/** The names of the hosts that carry the lab's tag and have groups. */
export async function groupsOf(tag: string): Promise<string[]> {
  const names = new Set<string>();
  for (const root of await hierarchies()) {
    for await (const { name } of Deno.readDir(root)) if (ownsName(tag, name)) names.add(name);
  }
  return [...names];
}

/** Removes the groups of every host that carries the lab's tag. */
export async function removeGroups(tag: string): Promise<void> {
  for (const root of await hierarchies()) {
    for await (const { name } of Deno.readDir(root)) {
      if (!ownsName(tag, name)) continue;
      const group = join(root, name);
      // The kernel counts the dead for a moment longer.
      if (await until(() => removeTree(group), 5000)) continue;
      throw new Error(`Cannot remove cgroup "${group}": something still runs in it`);
    }
  }
}

/** The processes in a host's groups. */
export async function pidsInGroups(name: string): Promise<number[]> {
  const pids = (await hierarchies()).map((root) => pidsBelow(join(root, name)));
  return [...new Set((await Promise.all(pids)).flat())];
}

async function pidsBelow(group: string): Promise<number[]> {
  const text = await Deno.readTextFile(join(group, "cgroup.procs")).catch(() => "");
  const pids = text.split("\n").filter((line) => line !== "").map(Number);
  try {
    for await (const { isDirectory, name } of Deno.readDir(group)) {
      if (isDirectory) pids.push(...await pidsBelow(join(group, name)));
    }
  } catch (error) {
    // Groups go with their last process.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  // A process of another pid namespace shows as 0.
  return pids.filter((pid) => pid > 0);
}

async function hierarchies(): Promise<string[]> {
  const found = (await mounts()).filter(({ type }) => type === "cgroup" || type === "cgroup2");
  return [...new Set(found.map(({ path }) => path))];
}

async function inherit(root: string, group: string, file: string): Promise<void> {
  // The name without a prefix is version 1; version 2 inherits by itself.
  const isEmpty = (await Deno.readTextFile(join(group, file)).catch(() => "2")).trim() === "";
  const value = await Deno.readTextFile(join(root, file)).catch(() => "");
  if (isEmpty && value !== "") {
    await Deno.writeTextFile(join(group, file), value, { create: false });
  }
}

async function removeTree(group: string): Promise<boolean> {
  try {
    for await (const entry of Deno.readDir(group)) {
      if (entry.isDirectory && !await removeTree(join(group, entry.name))) return false;
    }
    await Deno.remove(group);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
