/**
 * A lab's state folder: what it is, whether it is complete, and which of its members run.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { ownScript } from "../own_files.ts";
import { serverPidFile } from "./api.ts";
import { hostPidFile } from "./host.ts";
import { inventoryText } from "./inventory.ts";
import type { Lab } from "./layout.ts";
import { living } from "./process.ts";

/** The content of state.json. */
export interface State {
  /** `starting` until everything ran once; a lab killed before that is replaced, not used. */
  phase: "starting" | "up";
  /** The lab as it was laid out. */
  lab: Lab;
}

/** Writes the state, whole or not at all, and the inventory beside it. */
export async function saveState(state: State): Promise<void> {
  const { lab } = state;
  await Deno.mkdir(lab.stateDir, { recursive: true, mode: 0o700 });
  await Deno.chmod(lab.stateDir, 0o700);
  await Deno.writeTextFile(lab.inventoryFile, inventoryText(lab, holdfastHere()));
  const file = stateFile(lab.stateDir);
  await Deno.writeTextFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  await Deno.rename(`${file}.new`, file);
}

/** Reads the state of the lab in a folder; nothing when there is none. */
export function loadState(stateDir: string): State | undefined {
  try {
    const state: State = JSON.parse(Deno.readTextFileSync(stateFile(stateDir)));
    // One of an earlier release has no addresses of IPv6: it is made anew.
    return state.lab.vip6 === undefined ? { ...state, phase: "starting" } : state;
  } catch (error) {
    // A folder without its state, or with half of one, is what a killed process leaves.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Gives the lab with the pids of those members that run now. */
export async function withPids(lab: Lab): Promise<Lab> {
  const hosts = lab.hosts.map((host) => withPid(host, hostPidFile(lab, host)));
  const apiServers = lab.apiServers.map((server) => withPid(server, serverPidFile(lab, server)));
  return { ...lab, hosts: await Promise.all(hosts), apiServers: await Promise.all(apiServers) };
}

async function withPid<T extends { pid?: number }>(member: T, pidFile: string): Promise<T> {
  const { pid: _, ...rest } = member;
  const record = await living(pidFile);
  return { ...rest, ...(record === undefined ? {} : { pid: record.pid }) } as T;
}

/** The words that start this very Holdfast from any folder. */
function holdfastHere(): string[] {
  const cli = ownScript("cli.ts");
  return [Deno.execPath(), "run", "--allow-all", fromFileUrl(cli)];
}

function stateFile(stateDir: string): string {
  return join(stateDir, "state.json");
}
