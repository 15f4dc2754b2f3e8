/**
 * Runs one cell of the matrix: the fault, the recovery, the next apply, and one more.
 * @module
 */
import { tasksOf } from "../lab/holdfast.ts";
import { heal } from "./conditions.ts";
import { apply } from "./deploy.ts";
import { judgeConverged, judgeHolders, judgeRecovery, judgeRun } from "./expectations.ts";
import type { Cell } from "./points.ts";
import { type HostName, HOSTS, type Room } from "./room.ts";
import { booted, type Recorded } from "./scenario.ts";
import { type HostState, stateOf } from "./state.ts";

/** How long a host may take to come to rest by itself, in milliseconds. */
const REST_MS = 60_000;

/** What became of a cell. */
export interface Outcome {
  /** Which one. */
  readonly cell: Cell;
  /** What does not hold; none: it passed. */
  readonly wrong: readonly string[];
  /** Exit code of the run that met the fault. */
  readonly code: number;
  /** How long all of it took. */
  readonly ms: number;
}

/** Runs a cell in a room of its own. */
export async function runCell(cell: Cell, recorded: Recorded): Promise<Outcome> {
  const since = performance.now();
  await using room = await booted(`${recorded.dir}/disks`);
  const { injection } = cell;
  const run = await apply(room, recorded.inventory, [], injection);
  const wrong: string[] = run.fired ? [] : ["the fault point was not reached"];
  wrong.push(...await recover(room));
  const after = await states(room);
  wrong.push(...judgeRun(injection.fault, run, after, recorded));
  wrong.push(...judgeRecovery(after, recorded));
  const standing = HOSTS.some((host) => after[host].units.includes("keepalived active enabled"));
  wrong.push(...judgeHolders(await room.holders(), standing ? 1 : 0));
  for (const host of HOSTS) await heal(room.dir, host);
  wrong.push(...await converge(room, recorded));
  return { cell, wrong, code: run.code, ms: performance.now() - since };
}

/** Gives the hosts power again, and time to come to rest. */
async function recover(room: Room): Promise<string[]> {
  for (const host of HOSTS) if (!room.isOn(host)) await room.powerOn(host);
  const left = await room.settled(REST_MS);
  return left.map((line) => `still runs after ${REST_MS / 1000} s: ${line}`);
}

async function states(room: Room): Promise<Record<HostName, HostState>> {
  const [lb1, lb2] = await Promise.all(HOSTS.map((host) => stateOf(room, host)));
  if (lb1 === undefined || lb2 === undefined) throw new RangeError("Cannot look at both hosts");
  return { lb1, lb2 };
}

/** The next apply brings the deploy to its end, and one more has nothing to do. */
async function converge(room: Room, recorded: Recorded): Promise<string[]> {
  const next = await apply(room, recorded.inventory, ["--lock-timeout", "60s"]);
  const said = next.code === 0 ? "" : `: ${next.stdout.slice(-600)}${next.stderr.slice(-300)}`;
  const wrong = next.code === 0 ? [] : [`the next apply ended with ${next.code}${said}`];
  const again = await apply(room, recorded.inventory);
  const changed = tasksOf(again, "changed");
  if (again.code !== 0) wrong.push(`the apply after it ended with ${again.code}`);
  if (changed.length > 0) wrong.push(`the apply after it changed ${changed.join(", ")}`);
  wrong.push(...judgeConverged(await states(room), recorded));
  wrong.push(
    ...judgeHolders(await room.holders(), 1).map((line) => `after the next apply: ${line}`),
  );
  return wrong;
}
