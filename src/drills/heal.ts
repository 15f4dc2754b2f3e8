/**
 * Healing: by starting the very undo that was armed, and what the inventory's commands broke by
 * these commands. Whoever was faster, it is found out and said.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { ExecResult } from "../model.ts";
import { everyBreak } from "./arm.ts";
import type { Break } from "./model.ts";
import { armedProbe, healScript, parseArmed } from "./remote/arm.ts";
import { listed, say, type Trial } from "./trial.ts";

/** How long after its own deadline a host may take to be reached and whole. */
const REACH_MS = 30_000;

/** How long a host may take to start anew. */
export const BOOT_MS = 180_000;

/** How long one run of an undo may take. */
const UNDO_MS = 60_000;

/** Who healed a host, beside the controller that asked it to, for people. */
const HEALED_BY = {
  controller: "",
  session: "by itself, because the session that broke it was gone",
  deadline: "by itself at its deadline",
  boot: "by itself when it started",
} as const;

/** Undoes everything that was done. What cannot be undone is a failure of the drill. */
export async function heal(trial: Trial): Promise<void> {
  const { armed, marks, effects } = trial;
  if (!trial.struck) {
    for (const state of armed.values()) state.healed = true;
    await trial.disarmGuard?.();
    trial.disarmGuard = undefined;
    return;
  }
  say(trial, "heal", `undo it on ${listed(trial.plan.targets)}`);
  const at = effects.clock();
  const commands = await healByCommand(trial);
  await Promise.all([...armed].map(([host, state]) => healHost(trial, host, state.until)));
  // One moment for all: a fault is over when the first of its parts is.
  if (!marks.some(({ kind }) => kind === "heal")) marks.push({ at, kind: "heal", text: "heal" });
  if (commands) {
    await trial.disarmGuard?.();
    trial.disarmGuard = undefined;
  }
}

async function healByCommand(trial: Trial): Promise<boolean> {
  const undone = await Promise.all(
    everyBreak(trial).map(async (one) => {
      if (one.kind === "host") return true;
      const at = trial.effects.clock();
      try {
        await undo(trial, one);
        const host = one.kind === "power" ? { host: one.host } : {};
        trial.marks.push({ at, kind: "heal", ...host, text: `undo: ${one.what}` });
        return true;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        trial.failures.push(`Cannot undo "${one.what}": ${error.message}`);
        return false;
      }
    }),
  );
  return !undone.includes(false);
}

async function undo(
  { effects, scene }: Trial,
  one: Exclude<Break, { kind: "host" }>,
): Promise<void> {
  switch (one.kind) {
    case "power":
      return await effects.power(one.host, "on");
    case "api":
      return await effects.api(one.server, one.how === "stop" ? "start" : "200");
    case "apply":
      return await effects.apply(scene.endpoint);
  }
}

async function healHost(trial: Trial, host: string, deadline: number): Promise<void> {
  const { fleet, effects, nonce, marks, failures, notes } = trial;
  const at = effects.clock();
  const wait = trial.off.has(host) ? BOOT_MS : REACH_MS;
  const until = Math.max(deadline, at) + wait;
  const answer = await fleet.reach(host, healScript(nonce), until, { timeoutMs: UNDO_MS });
  if (answer instanceof ConnectError) {
    failures.push(`${host} cannot be healed from here: ${answer.message}`);
    return;
  }
  const seen = await fleet.reach(host, armedProbe(), effects.clock() + REACH_MS);
  const state = seen instanceof ConnectError ? undefined : parseArmed(seen.stdout);
  const by = state?.healedBy ?? "controller";
  const whole = trial.armed.get(host);
  if (whole !== undefined) whole.healed = answer.code === 0;
  if (answer.code !== 0) failures.push(notHealed(host, answer, state?.record.at(-1)));
  if (by !== "controller") notes.push(`${host} healed ${HEALED_BY[by]}`);
  marks.push({ at: healedAt(trial, host, by, at), kind: "heal", host, text: `heal ${host}` });
}

/** The moment from which the host was whole, as well as it can be known. */
function healedAt(trial: Trial, host: string, by: keyof typeof HEALED_BY, asked: number): number {
  const { armed, effects } = trial;
  const until = armed.get(host)?.until ?? asked;
  // Nobody could ask it: it was not whole before its own deadline.
  return by === "deadline" ? Math.min(until, effects.clock()) : asked;
}

/** What the undo said at last is in its record; an answer that was cut off has none of it. */
function notHealed(host: string, { code, stderr, stdout }: ExecResult, record = ""): string {
  const why = record.replace(/^\d+ /, "").trim() || stderr.trim() || stdout.trim() ||
    `it ended with ${code}`;
  return `the undo fails on ${host}: ${why}`;
}
