import { pidsInGroups } from "./cgroup.ts";
import { pidsIn } from "./network.ts";
import { isAlive, kill, type ProcessRecord, readRecord, recordOf } from "./process.ts";

/** Where processes of a lab are found. */
export interface Whereabouts {
  /** Names that stand for a network namespace, a host's control groups or both. */
  names: readonly string[];
  /** Files with the records of processes. */
  pidFiles: readonly string[];
}

/**
 * Kills every process that lives at these places, and whatever it starts meanwhile.
 *
 * systemd-nspawn lives outside its host's network, its first process is not always in it yet, and killing
 * nspawn alone leaves the host running: only all three places together miss nothing.
 */
export async function killInhabitants(where: Whereabouts): Promise<void> {
  for (
    let records = await inhabitants(where);
    records.length > 0;
    records = await inhabitants(where)
  ) {
    await kill(records);
  }
}

async function inhabitants({ names, pidFiles }: Whereabouts): Promise<ProcessRecord[]> {
  const pids = await Promise.all(names.flatMap((name) => [pidsIn(name), pidsInGroups(name)]));
  const found = [...pids.flat().map(recordOf), ...pidFiles.map(readRecord)];
  const records = (await Promise.all(found)).filter((record) => record !== undefined);
  const alive = await Promise.all(records.map(isAlive));
  return records.filter((_, index) => alive[index]);
}
