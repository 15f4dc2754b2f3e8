/**
 * Runs one cell of the matrix: the fault, the recovery, the next apply, and one more.
 * @module
 */
import { delay } from "@std/async/delay";
import { until } from "../../src/lab/process.ts";
import { type Run, tasksOf } from "../lab/holdfast.ts";
import { heal } from "./conditions.ts";
import { apply } from "./deploy.ts";
import type { Injection } from "./fault.ts";
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
  const running = apply(room, recorded.inventory, [], injection);
  await powerReturns(room, injection, running);
  const run = await running;
  const wrong: string[] = run.fired ? [] : ["the fault point was not reached"];
  wrong.push(...await mended(room, injection, recorded));
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

/** A power cut that is short ends while the run still goes on. */
async function powerReturns(
  room: Room,
  { at: { host }, fault }: Injection,
  running: Promise<unknown>,
): Promise<void> {
  if (fault.kind !== "host power-off" || fault.off !== "for 2 s") return;
  let ended = false;
  const end = running.then(() => {}, () => {}).then(() => {
    ended = true;
  });
  while (!ended && room.isOn(host)) await Promise.race([end, delay(100)]);
  await Promise.race([end, delay(2000)]);
  if (!ended) await room.powerOn(host);
}

/**
 * Nothing can be put back on a disk that is read-only: it must go back by itself as soon as that is
 * put right. Holdfast's own disk need not be written to for anything but to say that it is done.
 */
async function mended(
  room: Room,
  { fault }: Injection,
  recorded: Recorded,
): Promise<string[]> {
  if (fault.kind !== "condition" || !fault.condition.endsWith("read-only")) return [];
  let wrong: string[] = [];
  if (fault.condition === "state disk read-only") {
    // Whoever changed together with others waits for them.
    await until(
      async () => {
        const { lb1, lb2 } = await states(room);
        const due = { pending: [] };
        wrong = judgeRecovery({ lb1: { ...lb1, ...due }, lb2: { ...lb2, ...due } }, recorded);
        return wrong.length === 0;
      },
      REST_MS,
      500,
    );
  }
  for (const host of HOSTS) await heal(room.dir, host);
  return wrong.map((line) => `before its disk can be written to: ${line}`);
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
  const wrong = endedBadly("the next apply", next);
  const again = await apply(room, recorded.inventory);
  const changed = tasksOf(again, "changed");
  wrong.push(...endedBadly("the apply after it", again));
  if (changed.length > 0) wrong.push(`the apply after it changed ${changed.join(", ")}`);
  wrong.push(...judgeConverged(await states(room), recorded));
  wrong.push(
    ...judgeHolders(await room.holders(), 1).map((line) => `after the next apply: ${line}`),
  );
  return wrong;
}

function endedBadly(what: string, { code, stdout, stderr }: Run): string[] {
  return code === 0
    ? []
    : [`${what} ended with ${code}: ${stdout.slice(-1500)}${stderr.slice(-600)}`];
}
