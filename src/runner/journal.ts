/**
 * The journal of a host during a run: opened before its first change, and ended by a word that the
 * host keeps what was changed, or by going back. The host decides; what it decided is read.
 * @module
 */
import { ConnectError } from "../errors.ts";
import { openScript, PATIENCE_S } from "../journal/open.ts";
import type { Step } from "../journal/step.ts";
import { waitText } from "../journal/step.ts";
import {
  commitScript,
  parseUndone,
  parseVerdict,
  recallScript,
  revertScript,
  type Undone,
  type Verdict,
  verdictProbe,
} from "../journal/verdict.ts";
import type { Change, ExecResult, Session } from "../model.ts";
import type { Effects, HostRun } from "./host.ts";

/** How long an undo may take: it tries again and again for half a minute. */
const UNDO_MS = 180_000;

/** How often a host that waits for others is told that somebody is there. */
const RENEW_MS = 20_000;

/** How often a host that was lost is asked what it has done. */
const ASK_AGAIN_MS = 3_000;

/** How long a lost host may take beyond the moment at which it goes back by itself. */
const GRACE_MS = 60_000;

/**
 * Opens the journal of a host, unless it is open; gives why it cannot be.
 * @throws {ConnectError} when the link is lost
 */
export async function openJournal(run: HostRun): Promise<string | undefined> {
  const { about, keepers, session, opened, retreat } = run;
  if (about === undefined || opened === true || session === undefined) return undefined;
  const { code, stderr } = await session.run(openScript(about, keepers, retreat));
  if (code === 0) {
    run.opened = true;
    return undefined;
  }
  return stderr.trim() === "" ? `it ended with ${code}` : stderr.trim();
}

/** The next step of an open run; unset where nothing is journalled. */
export function nextStep(
  run: HostRun,
  step: Pick<Step, "summary"> & Partial<Step>,
  timeoutMs = 60_000,
): Step | undefined {
  if (run.about === undefined || run.opened !== true) return undefined;
  run.steps += 1;
  run.stepMs = timeoutMs;
  const summary = step.summary.replaceAll("\n", " ");
  return {
    ...step,
    summary,
    id: run.about.id,
    number: run.steps,
    timeoutS: Math.ceil(timeoutMs / 1000),
  };
}

/** What a change puts into the journal. */
export function stepOf(change: Change, notify: readonly string[]): Omit<Partial<Step>, "summary"> {
  switch (change.kind) {
    case "run":
      return {
        notify,
        finish: change.finish ?? false,
        ...(change.undo === undefined ? {} : { undo: change.undo }),
      };
    case "write":
      return { notify, paths: change.files.map(({ path }) => path) };
    case "remove":
      return { notify, paths: [change.path] };
  }
}

/** Does something that may take long while hosts that are open wait for it: none of them gives up. */
export async function whileOpen<T>(
  runs: readonly HostRun[],
  work: Promise<T>,
  effects: Effects,
): Promise<T> {
  let done = false;
  const ended = work.then(() => {}, () => {}).then(() => {
    done = true;
  });
  while (!done && !effects.signal.aborted) {
    const since = effects.now();
    await Promise.race([ended, effects.sleep(RENEW_MS)]);
    if (done || effects.now() - since < RENEW_MS) continue;
    await Promise.all(runs.map(renew));
  }
  return await work;
}

async function renew({ about, opened, stopped, session }: HostRun): Promise<void> {
  if (about === undefined || opened !== true || stopped) return;
  await session?.run(waitText(about.id)).catch(swallowLost);
}

/** A host that was lost is found out by the next thing that is asked of it. */
function swallowLost(error: unknown): undefined {
  if (!(error instanceof ConnectError)) throw error;
}

/**
 * Tells a host, over a connection of its own, to keep what was changed. Gives why it does not.
 * A host that can be reached anew has not been cut off by what was changed.
 */
export async function commit(run: HostRun, effects: Effects): Promise<string | undefined> {
  const { about, member: { host } } = run;
  if (about === undefined || run.opened !== true) return undefined;
  let why: string;
  run.told = true;
  try {
    const { code, stderr } = await overFresh(run, commitScript(about.id), effects);
    if (code === 0) {
      run.opened = false;
      return undefined;
    }
    why = `Cannot confirm the change on "${host.name}": ${stderr.trim() || `code ${code}`}`;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    why = `Cannot confirm the change over a fresh connection: ${error.message}`;
  }
  // The answer may have been lost, and not the word.
  const seen = await verdictOf(run);
  if (seen?.state !== "committed") return why;
  run.opened = false;
}

/** A host that keeps what was changed, or may do so by now, has to go back all the same. */
export function recall(run: HostRun): void {
  if (run.told === true) run.opened = true;
}

/**
 * Why a host cannot be reached anew; unset: it can, and still has the run open. The connection that
 * shows it stays open for the word to keep the change.
 */
export async function reachable(run: HostRun, effects: Effects): Promise<string | undefined> {
  const { about, opened, member: { host } } = run;
  if (about === undefined || opened !== true) return undefined;
  try {
    await letGo(run);
    run.fresh = await effects.connect(host, { fresh: true });
    const { code, stderr } = await run.fresh.run(waitText(about.id));
    if (code === 0) return undefined;
    return `Cannot confirm the change on "${host.name}": ${stderr.trim() || `code ${code}`}`;
  } catch (error) {
    return `Cannot confirm the change over a fresh connection: ${asLost(error).message}`;
  }
}

/** Over the connection that was opened after the change, where there is one, else over a new one. */
async function overFresh(run: HostRun, script: string, effects: Effects): Promise<ExecResult> {
  run.fresh ??= await effects.connect(run.member.host, { fresh: true });
  try {
    return await run.fresh.run(script, { timeoutMs: UNDO_MS });
  } finally {
    await letGo(run);
  }
}

/** Ends the fresh connection of a host. */
export async function letGo(run: HostRun): Promise<void> {
  const { fresh } = run;
  delete run.fresh;
  await fresh?.[Symbol.asyncDispose]();
}

async function verdictOf({ about, session }: HostRun): Promise<Verdict | undefined> {
  if (about === undefined) return undefined;
  const answer = await session?.run(verdictProbe(about.id)).catch(swallowLost);
  return answer === undefined ? undefined : parseVerdict(answer.stdout);
}

/** What became of a host that was to go back. */
export type Back =
  /** All is as it was; what had to be done for it. */
  | { readonly kind: "back"; readonly undone: Undone; readonly byItself: boolean }
  /** It could not be brought back, and why. */
  | { readonly kind: "stuck"; readonly why: string }
  /** Nobody could see it; within so many seconds it goes back by itself, if it is on. */
  | { readonly kind: "unseen"; readonly why: string; readonly seconds: number };

/** Brings a host back to how it was before the run, over whatever connection can be had. */
export async function revert(run: HostRun, effects: Effects): Promise<Back> {
  const { about } = run;
  if (about === undefined) throw new TypeError("Cannot go back: no journal was opened");
  const undo = revertScript(about.id);
  // A word whose answer was lost may still be on its way, and reach the host after this one.
  const script = run.told === true ? `${recallScript(about.id)} || exit 1\n${undo}` : undo;
  const first = await tryRevert(run, run.session, script);
  if (!(first instanceof ConnectError)) return first;
  // By then most hosts have gone back by themselves; what they decided must be seen. One whose step
  // may take longer, and that is not told that nobody waits for it any more, still lets it end.
  const until = effects.now() + PATIENCE_S * 1000 + GRACE_MS;
  const goesBack = effects.now() + (run.stepMs ?? 0) + PATIENCE_S * 1000;
  for (let last = first;;) {
    const session = await effects.connect(run.member.host, { fresh: true }).catch(asLost);
    if (!(session instanceof ConnectError)) {
      const back = await tryRevert(run, session, script);
      if (!(back instanceof ConnectError)) {
        await instead(run, session);
        return back;
      }
      await session[Symbol.asyncDispose]();
      last = back;
    } else last = session;
    if (effects.now() >= until || effects.signal.aborted) {
      const seconds = Math.max(0, Math.ceil((goesBack - effects.now()) / 1000));
      return { kind: "unseen", why: last.message, seconds };
    }
    await effects.sleep(ASK_AGAIN_MS);
  }
}

/** Asks a host over a new session from now on, where the one it had is lost and another can be had. */
export async function reconnect(run: HostRun, effects: Effects): Promise<void> {
  if (run.lost === undefined || effects.signal.aborted) return;
  const session = await effects.connect(run.member.host, { fresh: true }).catch(asLost);
  if (!(session instanceof ConnectError)) await instead(run, session);
}

/** From now on a host is asked over this session; the one before it is lost. */
async function instead(run: HostRun, session: Session): Promise<void> {
  await run.session?.[Symbol.asyncDispose]();
  run.session = session;
  delete run.lost;
}

async function tryRevert(
  run: HostRun,
  session: Session | undefined,
  script: string,
): Promise<Back | ConnectError> {
  const { host } = run.member;
  if (session === undefined) return new ConnectError(host.name, "there is no connection");
  try {
    const { code, stdout, stderr } = await session.run(script, { timeoutMs: UNDO_MS });
    if (code !== 0) {
      return { kind: "stuck", why: stderr.trim().split("\n").at(-1) || `it ended with ${code}` };
    }
    const seen = parseVerdict((await session.run(verdictProbe(run.about?.id ?? ""))).stdout);
    if (seen.state === "committed") return { kind: "stuck", why: "it keeps what was changed" };
    run.opened = false;
    const byItself = seen.state === "reverted" && seen.by !== "controller";
    return { kind: "back", undone: parseUndone(stdout), byItself };
  } catch (error) {
    return asLost(error);
  }
}

function asLost(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  throw error;
}
