import { ConnectError } from "../errors.ts";
import { saidNow } from "./coupling.ts";
import type { Group } from "./group.ts";
import { RUN_DIR } from "../journal/places.ts";
import { revertScript } from "../journal/verdict.ts";
import { begin, type Effects, end, finish, type HostRun, look, type Seen } from "./host.ts";
import { HELD, lockScript, peekScript } from "./lock.ts";
import { noteLock } from "./locking.ts";
import { keepEarly, quickOnes } from "./preflight.ts";
import type { RunSpec } from "./spec.ts";

const CONNECT = { kind: "connect", name: "connect" };
const LOOK = { kind: "look", name: "look" };
const WAIT = { kind: "wait", name: "wait for the other hosts" };

/** The one round trip that every host costs: its lock, facts, tasks and conditions, all at once. */
export async function connectAndLook(
  run: HostRun,
  group: Group,
  { mode }: RunSpec,
  effects: Effects,
): Promise<void> {
  const { shared, checks, answers, lock } = group;
  const { host } = run.member;
  if (effects.signal.aborted) return;
  const since = effects.now();
  begin(run, effects, CONNECT);
  try {
    run.session ??= await effects.connect(host);
    begin(run, effects, LOOK);
    const asked = checks.filter(({ hosts }) => hosts.includes(host.name));
    // Of a host that is only observed it counts what it says to the others, and nothing else.
    const tasks = run.selected ? run.tasks : run.tasks.filter((task) => task.agreement);
    // A host that is only observed is left as it is, and so is its lock.
    const takeLock = lock && (run.selected ? lockScript(lock) : peekScript(lock.nonce));
    const early = mode === "check" && run.member.absent !== true ? quickOnes(group.preflights) : [];
    const more = early.map(({ probe }) => probe?.(host.name, new Map()) ?? ":");
    let askedAt = effects.now();
    let seen = await look(run, tasks, asked, shared, effects, { takeLock, more });
    if (effects.signal.aborted) return;
    if (seen.open !== undefined && await undoEarlier(run, seen, mode, effects)) {
      askedAt = effects.now();
      seen = await look(run, tasks, asked, shared, effects, { takeLock, more });
    }
    keepEarly(group, host.name, seen.more, { askedAt, answeredAt: effects.now() });
    shared.facts.set(host.name, seen.facts);
    run.seen = run.selected ? [...seen.tasks] : [];
    const says = saidNow(tasks, seen.tasks);
    if (says !== undefined) run.says = says;
    // In the order of the checks, so that two runs over the same hosts say the same.
    asked.forEach((check, i) => {
      const answer = seen.checks[i];
      if (answer !== undefined) answers[checks.indexOf(check)]?.set(host.name, answer);
    });
    if (mode !== "verify" && run.selected && seen.facts.uid > 0) notRoot(run, effects);
    if (mode === "apply" && run.selected && seen.facts.init === "openrc") unguarded(run, effects);
    else if (seen.lock !== undefined) noteLock(run, seen.lock, effects);
    if (mode === "verify") end(run, effects, { task: LOOK, status: "ok", since });
    else for (const name of seen.pending) run.due.add(name);
    // A service that stands changes one host at a time: the last may wait for long.
    if (mode !== "verify" && !run.stopped) begin(run, effects, WAIT);
    else if (run.selected) finish(run, effects);
  } catch (error) {
    if (effects.signal.aborted) return;
    if (!(error instanceof ConnectError)) throw error;
    unreachable(run, error, effects);
  }
}

/**
 * What a dead run left half done is undone before anything is decided: with the lock in hand nobody
 * else is at work. Gives whether what was seen is old now.
 */
async function undoEarlier(
  run: HostRun,
  { open, lock }: Seen,
  mode: RunSpec["mode"],
  effects: Effects,
): Promise<boolean> {
  const { session, selected, member: { host: { name } } } = run;
  if (open === undefined || session === undefined || mode === "verify") return false;
  const { what = "a run", who = "somebody" } = open.about ?? {};
  const which = `${what} of ${who} (${open.id})`;
  const say = (code: string, message: string) => {
    const diagnostic = { severity: "warning", code, message } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  };
  if (mode !== "apply" || !selected || lock?.code !== 0) {
    if (lock?.code === HELD) return false;
    say("run-open", `"${name}" is in the middle of ${which}; apply undoes it first`);
    return false;
  }
  const { code, stderr } = await session.run(revertScript(open.id, "next"), UNDO);
  if (code === 0) {
    say("run-undone", `"${name}" was left half changed by ${which}; it was brought back first`);
    return true;
  }
  const why = stderr.trim().split("\n").at(-1) ?? "";
  const error = `Cannot work on "${name}": it is half changed by ${which}, and that cannot be ` +
    `undone: ${why}; mend it by hand, then remove ${RUN_DIR}/open there`;
  end(run, effects, { task: LOOK, status: "failed", error });
  return false;
}

const UNDO = { timeoutMs: 180_000 };

function notRoot(run: HostRun, effects: Effects): void {
  const { name, user = "an ordinary user" } = run.member.host;
  const error = `Cannot work on "${name}" as "${user}": only root may; ` +
    "set ansible_become: true in the inventory, or add --become";
  end(run, effects, { task: CONNECT, status: "failed", error });
}

/** What undoes a run without its controller is made of units of systemd. */
function unguarded({ member: { host } }: HostRun, effects: Effects): void {
  const message =
    `"${host.name}" runs OpenRC: should this run be cut off, by a lost link or a lost ` +
    "power, it goes back only when somebody applies again";
  const diagnostic = { severity: "warning", code: "unguarded-host", message } as const;
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
}

function unreachable(run: HostRun, error: ConnectError, effects: Effects): void {
  run.stopped = true;
  if (run.selected) {
    end(run, effects, { task: CONNECT, status: "unreachable", error: error.message });
    finish(run, effects);
  } else {
    const message = `${error.message}; it is not selected, and what it holds is not known`;
    const diagnostic = { severity: "warning", code: "unobserved-host", message } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
}

/** A look changes nothing: an interrupt need not wait for it, nor for a host that does not answer. */
export async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const stop = () => aborted.resolve();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
