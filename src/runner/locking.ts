/**
 * Taking the locks of several hosts: all of them, or none. Whoever waits holds nothing meanwhile,
 * and asks host after host in an order that is the same for everybody, so that two runs can neither
 * block each other nor both give up.
 *
 * A host outside of `--limit` is only asked, and asked again once all locks are taken: two runs that
 * have a part of the hosts each cannot miss each other, because each takes before it asks.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { ExecResult } from "../model.ts";
import type { Group } from "./group.ts";
import { begin, type Effects, end, finish, type HostRun } from "./host.ts";
import {
  HELD,
  heldDiagnostic,
  heldMessage,
  lockScript,
  parseHeld,
  peekScript,
  unlockScript,
} from "./lock.ts";

/** How often a lock that somebody else has is asked for. */
const POLL_MS = 1000;

/**
 * How long two runs that began at the same moment, and have a part of the hosts each, are given to
 * come apart, though nobody asked to wait.
 */
const TIE_MS = 3 * POLL_MS;

/** How often a run that goes first asks hosts whose holder is about to give way. */
const STAYS = 5;

const LOCK = { kind: "lock", name: "lock" };
const WAIT = { kind: "lock", name: "wait for the lock" };

/** Takes into account what became of the lock of a host. */
export function noteLock(run: HostRun, answer: ExecResult, effects: Effects): void {
  const { code, stdout, stderr } = answer;
  delete run.held;
  run.locked = code === 0 && run.selected;
  if (code === HELD) run.held = parseHeld(stdout);
  else if (code !== 0 && run.selected) {
    const said = stderr.trim().split("\n").at(-1) ?? "";
    const error = `Cannot lock "${run.member.host.name}": ${said === "" ? `code ${code}` : said}`;
    end(run, effects, { task: LOCK, status: "failed", error });
  }
}

/**
 * Sees to it that this run has the locks of all hosts that answered, waiting for them where it may.
 * Gives whether it has them. What was seen before a wait is old by then, and looked at again under
 * the locks; somebody may have a host by then that is only observed, and then the wait goes on.
 */
export async function takeLocks(
  groups: readonly Group[],
  waitMs: number,
  effects: Effects,
  lookAgain: () => Promise<void>,
): Promise<boolean> {
  const all = inOrder(groups);
  const ours = () => all.every(({ run }) => run.held === undefined);
  if (ours()) {
    await observe(all, effects);
    if (ours()) return true;
  }
  const tie = all.some(({ run }) => run.locked);
  await release(all);
  announce(all, waitMs, effects);
  const since = effects.now();
  const patience = Math.max(waitMs, tie ? TIE_MS : 0);
  while (!effects.signal.aborted && effects.now() - since < patience) {
    await effects.sleep(Math.min(POLL_MS, patience));
    if (effects.signal.aborted) break;
    if (await takeAll(all, effects)) {
      await lookAgain();
      if (ours()) return true;
    }
    await release(all);
  }
  return false;
}

/** Says of every host of a group why nothing is done on it. */
export function leaveLocked({ runs, checks, endpoint }: Group, effects: Effects): void {
  const holders = runs.flatMap(({ member, held }) =>
    held === undefined ? [] : [heldDiagnostic(member.host.name, held)]
  );
  for (const diagnostic of holders) {
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
  for (const run of runs.filter(({ selected, stopped }) => selected && !stopped)) {
    for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
    finish(run, effects);
  }
  for (const { name: check } of checks) {
    effects.emit({
      type: "check-end",
      at: effects.now(),
      endpoint: endpoint.name,
      check,
      status: "skipped",
      message: "nothing was done, because somebody else works on the endpoint",
      ms: 0,
    });
  }
}

interface Locked {
  readonly group: Group;
  readonly run: HostRun;
}

/** Hosts that answer, in an order that does not depend on the inventory. */
function inOrder(groups: readonly Group[]): Locked[] {
  const key = ({ run: { member: { host } } }: Locked) => `${host.address} ${host.name}`;
  return groups.flatMap((group) => group.runs.map((run) => ({ group, run })))
    .filter(({ run }) => !run.stopped && run.session !== undefined)
    .toSorted((a, b) => key(a) < key(b) ? -1 : 1);
}

/** Takes one lock after the other, and stops at the first that somebody else has. */
async function takeAll(all: readonly Locked[], effects: Effects): Promise<boolean> {
  for (const { run } of all) delete run.held;
  for (const one of all) {
    if (!one.run.selected || one.run.stopped) continue;
    await request(one, effects);
    if (one.run.held !== undefined) return false;
  }
  for (let stays = 0;; stays++) {
    await observe(all, effects);
    if (all.every(({ run }) => run.held === undefined)) return true;
    if (givesWay(all) || stays >= STAYS || effects.signal.aborted) return false;
    await effects.sleep(POLL_MS / STAYS);
  }
}

/**
 * Asks the hosts that are only observed who has their locks. After our own were taken, so that of
 * two runs that take and ask at the same moment one sees the other at least.
 */
async function observe(all: readonly Locked[], effects: Effects): Promise<void> {
  const observed = all.filter(({ run }) => !run.selected && !run.stopped);
  await Promise.all(observed.map((one) => request(one, effects)));
}

/**
 * Whether this run is the one that gives way, where two have locked a part of the hosts each and see
 * each other. The one that has the first host of all does not: the other sees that, and lets go.
 */
function givesWay(all: readonly Locked[]): boolean {
  const first = all.findIndex(({ run }) => run.locked);
  const held = all.findIndex(({ run }) => run.held !== undefined);
  return held < first;
}

/** Takes the lock of a host, or asks for it where it is only observed. */
async function request({ group: { lock }, run }: Locked, effects: Effects): Promise<void> {
  if (lock === undefined) return;
  const script = run.selected ? lockScript(lock) : peekScript(lock.nonce);
  const answer = await ask(run, script, effects);
  if (answer !== undefined) noteLock(run, answer, effects);
}

async function release(all: readonly Locked[]): Promise<void> {
  await Promise.all(all.map(async ({ group: { lock }, run }) => {
    if (lock === undefined || run.locked !== true) return;
    run.locked = false;
    // A link that is gone has taken its lock with it.
    await run.session?.run(unlockScript(lock.nonce)).catch((error) => {
      if (!(error instanceof ConnectError)) throw error;
    });
  }));
}

/** One question; a host that is lost meanwhile is one that cannot be reached. */
async function ask(
  run: HostRun,
  script: string,
  effects: Effects,
): Promise<ExecResult | undefined> {
  try {
    return await run.session?.run(script);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (run.selected) {
      end(run, effects, { task: WAIT, status: "unreachable", error: error.message });
    }
    run.stopped = true;
  }
}

function announce(all: readonly Locked[], waitMs: number, effects: Effects): void {
  const first = all.find(({ run }) => run.held !== undefined);
  if (first?.run.held === undefined || waitMs === 0) return;
  for (const { run } of all) if (run.selected) begin(run, effects, WAIT);
  const message = heldMessage(first.run.member.host.name, first.run.held);
  const diagnostic = {
    severity: "warning",
    code: "lock-wait",
    message: `${message}; waiting up to ${waitMs / 1000} s`,
  } as const;
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
}
