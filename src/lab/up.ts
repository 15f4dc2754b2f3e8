/**
 * Brings a lab up: a new one, one that runs already, or one in the place of what a killed one left.
 *
 * @module
 */
import { join } from "@std/path";
import { pooledMap } from "@std/async/pool";
import { startServer, statusOf } from "./api.ts";
import { claimNet } from "./claims.ts";
import { boot, makeDisk } from "./host.ts";
import { baseImage } from "./image.ts";
import { makeCertificates, makeSshKeys } from "./keys.ts";
import { defaultName, defaultStateRoot, type Lab, layout, type Suite, tagOf } from "./layout.ts";
import { makeBridge, networkStands, plugIn } from "./network.ts";
import { until } from "./process.ts";
import { greets } from "./ssh.ts";
import { loadState, saveState, withPids } from "./state.ts";
import { sweep } from "./sweep.ts";

/** What a lab is to be. */
export interface Wish {
  /** Its name. */
  name: string;
  /** The folder of all labs' state. */
  stateRoot: string;
  /** The Debian release of its hosts; whatever it has when it runs already. @default {"bookworm"} */
  suite?: Suite;
  /** How many load balancers; as many as it has when it runs already. @default {2} */
  hosts?: number;
  /** Packages of its hosts beside those of a small server; whatever it has when it runs already. */
  also?: readonly string[];
  /** Takes a line of progress. */
  log: (line: string) => void;
}

/** Makes a wish true; the caller holds the lab's lock. */
export async function bringUp(wish: Wish): Promise<Lab> {
  const { name, stateRoot, log } = wish;
  const state = loadState(join(stateRoot, name));
  if (state?.phase === "up") {
    const lab = await withPids(state.lab);
    if (await networkStands(lab)) return await verify(lab, wish);
  }
  if (state !== undefined) log(`replacing what is left of lab "${name}"`);
  await sweep(name, stateRoot);
  try {
    return await build(wish);
  } catch (error) {
    await sweep(name, stateRoot);
    throw error;
  }
}

async function build(
  { name, stateRoot, suite = "bookworm", hosts = 2, also, log }: Wish,
): Promise<Lab> {
  const image = await baseImage(suite, log, also);
  const isDefault = name === defaultName && stateRoot === defaultStateRoot;
  const net = await claimNet(tagOf(name, stateRoot), isDefault);
  const lab = layout({ name, suite, net, hosts, stateRoot });
  await saveState({ phase: "starting", lab });
  await Promise.all([makeSshKeys(lab), makeCertificates(lab), makeBridge(lab)]);
  log(
    `booting ${hosts} hosts (${suite}) and ${lab.apiServers.length} API servers on ${lab.subnet}`,
  );
  const servers = lab.apiServers.map((server) => async () => {
    await plugIn(lab, server);
    await startServer(lab, server);
  });
  const machines = lab.hosts.map((host) => async () => {
    await makeDisk(lab, host, image);
    await boot(lab, host);
    log(`${host.name} is up at ${host.address}`);
  });
  await inTurn([...machines, ...servers]);
  await saveState({ phase: "up", lab });
  return await withPids(lab);
}

// What runs is checked, what does not run is started; nothing that runs is touched.
async function verify(
  lab: Lab,
  { suite = lab.suite, hosts = lab.hosts.length, log }: Wish,
): Promise<Lab> {
  if (suite !== lab.suite || hosts !== lab.hosts.length) {
    throw new Error(
      `Cannot change lab "${lab.name}" while it is up: it has ${lab.hosts.length} hosts with ${lab.suite}; ` +
        `type: holdfast lab down --name ${lab.name}`,
    );
  }
  const machines = lab.hosts.map((host) => async () => {
    if (host.pid === undefined) {
      log(`powering on ${host.name}`);
      await boot(lab, host);
    } else if (!await until(() => greets(host), 10_000)) {
      throw new Error(
        `Cannot reach "${host.name}" at ${host.address}: it runs, yet its sshd does not answer`,
      );
    }
  });
  const servers = lab.apiServers.map((server) => async () => {
    await startServer(lab, server);
    if (await until(async () => await statusOf(lab, server) !== undefined, 10_000)) return;
    throw new Error(
      `Cannot reach API server "${server.name}" at ${server.address}: it runs, yet does not answer`,
    );
  });
  await inTurn([...machines, ...servers]);
  log(`lab "${lab.name}" is up already`);
  return await withPids(lab);
}

// A few at a time: many hosts that boot at once only make each other late.
async function inTurn(acts: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for await (
    const error of pooledMap(5, acts, (act) => act().then(() => undefined, (error) => ({ error })))
  ) {
    if (error !== undefined) errors.push(error.error);
  }
  // Only when all have ended: what follows an error must not meet a boot still under way.
  if (errors.length > 0) throw errors[0];
}
