/**
 * Arming: before anything is broken, its undo lies on the host that it is for, and what only the
 * controller can undo is in the hands of a process that outlives it.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { Break, GuardStep } from "./model.ts";
import { armScript, disarmScript } from "./remote/arm.ts";
import { listed, say, type Trial, TrialError } from "./trial.ts";

/** How much longer than it stands a fault may last before its host undoes it by itself. */
const GENEROUS_MS = 30_000;

/** The same where nobody may be able to ask the host: the fault lasts about as long as planned. */
const CUT_OFF_MS = 2_000;

/** How long a preparation may take until the service stands again. */
export const PREPARE_MS = 60_000;

/** Everything that a drill breaks, in the order in which it does. */
export function everyBreak({ plan }: Pick<Trial, "plan">): readonly Break[] {
  return [...plan.prepare ?? [], ...plan.breaks];
}

/**
 * The undo of all that is done to each host, last things first. Each runs whatever became of the
 * others; the whole ends with 0 when all of them have.
 */
export function undoTexts(breaks: readonly Break[]): ReadonlyMap<string, string> {
  const parts = new Map<string, string[]>();
  const add = (host: string, undo: string) => parts.set(host, [undo, ...parts.get(host) ?? []]);
  for (const one of breaks) {
    if (one.kind === "host") add(one.host, one.undo);
    if (one.kind === "apply") { for (const [host, undo] of one.undo) add(host, undo); }
  }
  return new Map([...parts].map(([host, undos]) => [host, whole(undos)]));
}

function whole(undos: readonly string[]): string {
  // Lines of their own, because a text may end in a comment or a here-document.
  const each = undos.flatMap((undo) => ["(", undo, ") || failed=1"]);
  return ["failed=0", ...each, 'exit "$failed"'].join("\n");
}

/** What only a command of the inventory can undo. */
export function guardSteps(breaks: readonly Break[]): readonly GuardStep[] {
  return breaks.flatMap((one): GuardStep[] => {
    if (one.kind === "power") return [{ kind: "power", host: one.host }];
    if (one.kind !== "api") return [];
    return [{ kind: "api", server: one.server, act: one.how === "stop" ? "start" : "200" }];
  });
}

/** How long a host waits before it heals itself. */
function deadlineOf({ plan }: Trial, host: string): number {
  const own = everyBreak({ plan }).flatMap((one) =>
    one.kind === "host" && one.host === host ? [one] : []
  );
  const cut = own.some(({ cutsLink }) => cutsLink === true) && (plan.prepare ?? []).length === 0;
  if (cut) return plan.holdMs + CUT_OFF_MS;
  return plan.holdMs + GENEROUS_MS + ((plan.prepare ?? []).length > 0 ? PREPARE_MS : 0);
}

/**
 * Stores and arms the undo of everything that will be broken.
 * @throws {TrialError} when one cannot be: then nothing may be broken
 */
export async function arm(trial: Trial): Promise<void> {
  const breaks = everyBreak(trial);
  const undos = undoTexts(breaks);
  const steps = guardSteps(breaks);
  const where = [...undos.keys(), ...(steps.length > 0 ? ["this machine"] : [])];
  say(trial, "arm", `arm the undo on ${listed(where)}`);
  if (steps.length > 0) trial.disarmGuard = await guarded(trial, steps);
  const outcomes = await Promise.all(
    [...undos].map(([host, undo]) => armHost(trial, host, undo)),
  );
  const failed = outcomes.filter((why) => why !== undefined);
  if (failed.length > 0) throw new TrialError(failed.join("; "));
}

async function guarded(
  { effects }: Trial,
  steps: readonly GuardStep[],
): Promise<() => Promise<void>> {
  try {
    return await effects.guard(steps);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new TrialError(`this machine cannot guard what only it can undo: ${error.message}`);
  }
}

async function armHost(trial: Trial, host: string, undo: string): Promise<string | undefined> {
  const { fleet, effects, nonce } = trial;
  const deadlineMs = deadlineOf(trial, host);
  // Known before the answer comes: a host that armed itself and was lost must be disarmed too.
  const armed = { until: effects.clock() + deadlineMs, healed: false };
  trial.armed.set(host, armed);
  try {
    const { code, stderr } = await fleet.run(host, armScript({ undo, deadlineMs, nonce }));
    trial.armed.set(host, { until: effects.clock() + deadlineMs, healed: false });
    if (code === 0) return undefined;
    trial.armed.delete(host);
    return `the undo cannot be armed on ${host}: ${stderr.trim() || `it ended with ${code}`}`;
  } catch (error) {
    if (error instanceof ConnectError) return error.message;
    throw error;
  }
}

/** What is left on hosts that could not be disarmed, a sentence each. */
export async function disarm(trial: Trial): Promise<readonly string[]> {
  const { armed, fleet, effects, nonce } = trial;
  if (armed.size > 0 || trial.disarmGuard !== undefined) {
    say(trial, "disarm", "take the undo away");
  }
  const left = await Promise.all([...armed].map(async ([host, { until, healed }]) => {
    if (!healed) return [leftOn(trial, host, until)];
    const answer = await fleet.reach(host, disarmScript(nonce), effects.clock() + 20_000);
    if (answer instanceof ConnectError) return [`${host} is whole; ${answer.message}`];
    if (answer.code === 0) return [];
    return [`the undo of ${host} cannot be taken away: ${answer.stderr.trim()}`];
  }));
  return left.flat();
}

function leftOn({ effects }: Trial, host: string, until: number): string {
  const seconds = Math.ceil((until - effects.clock()) / 1000);
  const when = seconds > 0 ? `at the latest in ${seconds} s` : "again and again until it works";
  return `${host} was not seen whole: its undo stays armed there, and runs by itself ${when}`;
}
