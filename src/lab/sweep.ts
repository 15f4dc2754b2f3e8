/**
 * Removes every trace of a lab, whether it was taken down, killed half way up, or never came up.
 *
 * What belongs to it is found by its records, by the names of its namespaces and by the paths of its mounts,
 * so that no moment exists in which a killed process leaves something that nobody finds.
 *
 * @module
 */
import { join } from "@std/path";
import { groupsOf, removeGroups } from "./cgroup.ts";
import { forgetMachine } from "./host.ts";
import { killInhabitants } from "./inhabitants.ts";
import { releaseNet } from "./claims.ts";
import { ownsName, tagOf } from "./layout.ts";
import { unmountBelow } from "./mounts.ts";
import { namespacesOf, removeNetwork } from "./network.ts";

/** Removes a lab's processes, mounts, network, control groups, state folder and claims, in this order. */
export async function sweep(name: string, stateRoot: string): Promise<void> {
  const tag = tagOf(name, stateRoot);
  const stateDir = join(stateRoot, name);
  await killInhabitants({
    names: [...new Set([...await namespacesOf(tag), ...await groupsOf(tag)])],
    pidFiles: (await names(join(stateDir, "pids"))).map((file) => join(stateDir, "pids", file)),
  });
  await forgetMachines(tag, stateDir);
  await unmountBelow(stateDir);
  await removeNetwork(tag);
  await removeGroups(tag);
  await Deno.remove(stateDir, { recursive: true }).catch(ignoreNotFound);
  await releaseNet(tag);
  // Fails, and shall fail, as long as another lab lives there.
  await Deno.remove(stateRoot).catch(() => {});
}

async function forgetMachines(tag: string, stateDir: string): Promise<void> {
  for (const host of await names(join(stateDir, "hosts"))) {
    await forgetMachine(`hf-${tag}-${host}`, join(stateDir, "hosts", host, "root"));
  }
  for (const machine of await names("/run/systemd/nspawn/propagate")) {
    if (ownsName(tag, machine)) await forgetMachine(machine, stateDir);
  }
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) found.push(name);
  } catch (error) {
    ignoreNotFound(error);
  }
  return found;
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
