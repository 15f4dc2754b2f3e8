/**
 * What all labs of this machine share: the prefixes 10.88.N.0/24 and the switch that lets packets through.
 *
 * Everything lives under /run, because neither outlives a reboot.
 *
 * @module
 */
import { join } from "@std/path";
import { withLock } from "./lock.ts";
import { runRoot } from "./roots.ts";

const claimsDir = join(runRoot, "claims");
const formerFile = join(runRoot, "ip_forward");
const forwardSwitch = "/proc/sys/net/ipv4/ip_forward";

/** Takes a prefix for a lab, the first one for the lab named first, and lets packets pass between interfaces. */
export function claimNet(tag: string, first: boolean): Promise<number> {
  return withLock(join(runRoot, "claims.lock"), async () => {
    const own = await netClaimed(tag);
    const net = own ?? await freeNet(first);
    await Deno.mkdir(claimsDir, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(join(claimsDir, tag), `${net}\n`);
    await allowForwarding();
    return net;
  });
}

/** Gives a lab's prefix back; the last lab puts the machine's former setting back. */
export async function releaseNet(tag: string): Promise<void> {
  await withLock(join(runRoot, "claims.lock"), async () => {
    await Deno.remove(join(claimsDir, tag)).catch(() => {});
    if ((await takenNets()).size > 0) return;
    const former = await Deno.readTextFile(formerFile).catch(() => undefined);
    if (former !== undefined) await Deno.writeTextFile(forwardSwitch, former);
    await Deno.remove(formerFile).catch(() => {});
    await Deno.remove(claimsDir).catch(() => {});
  });
  // Fails as long as another lab's lock lies there.
  await Deno.remove(runRoot).catch(() => {});
}

async function netClaimed(tag: string): Promise<number | undefined> {
  const text = await Deno.readTextFile(join(claimsDir, tag)).catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

async function freeNet(first: boolean): Promise<number> {
  const taken = await takenNets();
  for (const { address } of Deno.networkInterfaces()) {
    const match = /^10\.88\.(\d+)\./.exec(address);
    if (match) taken.add(Number(match[1]));
  }
  for (let net = first ? 0 : 1; net < 256; net++) {
    if (!taken.has(net)) return net;
    // The first prefix is what inventories/lab.yaml says: no other will do.
    if (first) {
      throw new Error(`Cannot use 10.88.0.0/24 for the lab: this machine has an address in it`);
    }
  }
  throw new Error("Cannot find a prefix for the lab: 10.88.1.0/24 to 10.88.255.0/24 are all taken");
}

async function takenNets(): Promise<Set<number>> {
  const nets = new Set<number>();
  try {
    for await (const { name } of Deno.readDir(claimsDir)) nets.add(await netClaimed(name) ?? 0);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return nets;
}

async function allowForwarding(): Promise<void> {
  const now = await Deno.readTextFile(forwardSwitch);
  const known = await Deno.stat(formerFile).catch(() => undefined);
  // Recorded before it changes: a process killed in between leaves a record that says the truth.
  if (known === undefined) await Deno.writeTextFile(formerFile, now);
  if (now.trim() !== "1") await Deno.writeTextFile(forwardSwitch, "1");
}
