/**
 * The lab: real Debian hosts and stand-in API servers on this machine, out of nothing but Debian packages.
 *
 * @module
 */
import { join } from "@std/path";
import { startServer, statusOf, stopServer, switchServer } from "./api.ts";
import { boot, powerCut } from "./host.ts";
import {
  checkName,
  defaultName,
  type Lab,
  type LabApiServer,
  type LabHost,
  type Suite,
  tagOf,
} from "./layout.ts";
import { withLock, withSharedLock } from "./lock.ts";
import { prepare, unfit, UnfitError } from "./requirements.ts";
import { runRoot, stateRoot } from "./roots.ts";
import { greets, sshArgs } from "./ssh.ts";
import { loadState, withPids } from "./state.ts";
import { sweep } from "./sweep.ts";
import { bringUp } from "./up.ts";

export type { Lab, LabApiServer, LabHost, Suite } from "./layout.ts";
export { unfit, UnfitError } from "./requirements.ts";

/** What `labUp` is to make. */
export interface LabUpOptions {
  /** The lab's name. @default {"lab"} */
  name?: string;
  /** The Debian release of the hosts. @default {"bookworm"} */
  suite?: Suite;
  /** How many load balancers. @default {2} */
  hosts?: number;
  /** Debian packages that they have beside those of a small server. @default {none} */
  also?: readonly string[];
  /** Takes a line of progress. */
  log: (line: string) => void;
}

/** What runs of a lab and what does not. */
export interface LabStatus {
  /** The lab's name. */
  name: string;
  /** Whether it came up completely at some time and was not taken down since. */
  up: boolean;
  /** Its hosts: whether they have power, and whether sshd answers. */
  hosts: (LabHost & { running: boolean; ssh: boolean })[];
  /** Its API servers: whether they run, and what /readyz says. */
  apiServers: (LabApiServer & { running: boolean; status?: number })[];
  /** The lab itself, when there is one. */
  lab?: Lab;
}

/**
 * Brings a lab up, or checks the one that is up and starts what does not run.
 *
 * @throws {UnfitError} when this machine cannot hold a lab.
 */
export async function labUp({ name = defaultName, log, ...wish }: LabUpOptions): Promise<Lab> {
  checkName(name);
  await prepare(log);
  return await exclusively(name, () => bringUp({ name, stateRoot: stateRoot(), log, ...wish }));
}

/** Takes a lab down and removes every trace of it; there need not be one. */
export async function labDown(
  { name = defaultName, log }: { name?: string; log: (line: string) => void },
): Promise<void> {
  checkName(name);
  const reason = await unfit();
  if (reason !== undefined) throw new UnfitError(reason);
  await exclusively(name, () => sweep(name, stateRoot()));
  // The lock was the last file there.
  await Deno.remove(runRoot).catch(() => {});
  log(`lab "${name}" is down`);
}

/** Looks at a lab without changing anything. */
export async function labStatus(
  { name = defaultName }: { name?: string } = {},
): Promise<LabStatus> {
  const state = loadState(join(stateRoot(), name));
  if (state === undefined) return { name, up: false, hosts: [], apiServers: [] };
  const lab = await withPids(state.lab);
  const hosts = lab.hosts.map(async (host) => {
    return { ...host, running: host.pid !== undefined, ssh: await greets(host) };
  });
  const apiServers = lab.apiServers.map(async (server) => {
    const status = await statusOf(lab, server);
    return {
      ...server,
      running: server.pid !== undefined,
      ...(status === undefined ? {} : { status }),
    };
  });
  const up = state.phase === "up";
  return {
    name,
    up,
    lab,
    hosts: await Promise.all(hosts),
    apiServers: await Promise.all(apiServers),
  };
}

/** Gives the lab of a name as it is now. @throws {Error} when it is not up. */
export async function openLab(name: string = defaultName): Promise<Lab> {
  return await withPids(stored(name));
}

/** The arguments after `ssh` that reach a host of a lab as the deploy user. */
export function labSshArgs(name: string, host: string): string[] {
  const lab = stored(name);
  return sshArgs(lab, find(lab, lab.hosts, host));
}

/** Cuts a host's power: silent at once, every process gone, its disk kept. */
export async function powerOff(lab: Lab, host: string): Promise<void> {
  const found = find(lab, lab.hosts, host);
  await alone(lab, found, () => powerCut(lab, found));
}

/** Gives a host its power back and waits until the deploy user can log in; a host that runs stays as it is. */
export async function powerOn(lab: Lab, host: string): Promise<void> {
  const found = find(lab, lab.hosts, host);
  await alone(lab, found, async () => {
    const [now] = (await withPids({ ...lab, hosts: [found] })).hosts;
    if (now?.pid === undefined) await boot(lab, found);
  });
}

/** Switches what an API server says about its health, from the next request on. */
export async function setReady(
  lab: Lab,
  apiServer: string,
  status: 200 | 401 | 500,
): Promise<void> {
  const found = find(lab, lab.apiServers, apiServer);
  await alone(lab, found, () => switchServer(lab, found, status));
}

/** Stops an API server as a crash does; connections are refused from then on. */
export async function stopApiServer(lab: Lab, apiServer: string): Promise<void> {
  const found = find(lab, lab.apiServers, apiServer);
  await alone(lab, found, () => stopServer(lab, found));
}

/** Starts a stopped API server and waits until it answers. */
export async function startApiServer(lab: Lab, apiServer: string): Promise<void> {
  const found = find(lab, lab.apiServers, apiServer);
  await alone(lab, found, () => startServer(lab, found));
}

function lockOf(tag: string): string {
  return join(runRoot, `lab-${tag}.lock`);
}

/**
 * Does something to one member that nobody else does anything to, of a lab that nobody takes up or
 * down meanwhile. Members do not wait for each other: a host can lose its power while another boots.
 */
function alone(lab: Lab, { name }: { name: string }, act: () => Promise<void>): Promise<void> {
  stored(lab.name);
  return withSharedLock(
    lockOf(lab.tag),
    () =>
      withLock(join(runRoot, `member-${lab.tag}-${name}.lock`), async () => {
        // Whoever waited may have waited for its end.
        stored(lab.name);
        await act();
      }),
  );
}

function exclusively<T>(name: string, act: () => Promise<T>): Promise<T> {
  return withLock(lockOf(tagOf(name, stateRoot())), act);
}

function stored(name: string): Lab {
  const state = loadState(join(stateRoot(), name));
  if (state?.phase === "up") return state.lab;
  throw new UnfitError(
    `Cannot open lab "${name}": it is not up; type: holdfast lab up --name ${name}`,
  );
}

function find<T extends { name: string }>(lab: Lab, members: readonly T[], name: string): T {
  const found = members.find((member) => member.name === name);
  if (found !== undefined) return found;
  const known = members.map((member) => member.name).join(", ");
  throw new RangeError(`Cannot find "${name}" in lab "${lab.name}": it has ${known}`);
}
