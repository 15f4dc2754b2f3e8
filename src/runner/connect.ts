import { ConnectError } from "../errors.ts";
import { saidNow } from "./coupling.ts";
import type { Group } from "./group.ts";
import { begin, type Effects, end, finish, type HostRun, look } from "./host.ts";
import { lockScript, peekScript } from "./lock.ts";
import { noteLock } from "./locking.ts";
import type { RunSpec } from "./spec.ts";

const CONNECT = { kind: "connect", name: "connect" };
const LOOK = { kind: "look", name: "look" };
const WAIT = { kind: "wait", name: "wait for the other hosts" };

/** The one round trip that every host costs: its lock, facts, tasks and conditions, all at once. */
export async function connectAndLook(
  run: HostRun,
  { shared, checks, answers, lock }: Group,
  { mode }: RunSpec,
  effects: Effects,
): Promise<void> {
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
    const take = lock && (run.selected ? lockScript(lock) : peekScript(lock.nonce));
    const seen = await look(run, tasks, asked, shared, effects, take);
    if (effects.signal.aborted) return;
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

function notRoot(run: HostRun, effects: Effects): void {
  const { name, user = "an ordinary user" } = run.member.host;
  const error = `Cannot work on "${name}" as "${user}": only root may; ` +
    "set ansible_become: true in the inventory, or add --become";
  end(run, effects, { task: CONNECT, status: "failed", error });
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
