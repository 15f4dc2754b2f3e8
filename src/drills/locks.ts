/**
 * The lock of every member: one run at a time may change a host or break it.
 * @module
 */
import { ConnectError } from "../errors.ts";
import { HELD, heldDiagnostic, type LockHolder, lockScript, parseHeld } from "../runner/lock.ts";
import { raw, sh } from "../shell.ts";
import type { Fleet } from "./fleet.ts";
import type { DrillEffects } from "./model.ts";

/** What is said to others who want the lock, and how long one waits for theirs. */
export interface LockWish {
  /** What is done under it, for people. */
  readonly what: string;
  /** Who does it, for people: `deploy@controller`. */
  readonly who: string;
  /** A word that nobody else has, the same in all sessions of a run. */
  readonly nonce: string;
  /** How long to wait for others, in milliseconds. */
  readonly timeoutMs: number;
}

/** Everything that kept a run from getting its locks; nothing at all: it has them. */
export interface LockOutcome {
  /** Hosts that could not be reached. */
  readonly lost: ReadonlyMap<string, ConnectError>;
  /** Hosts on which the lock cannot be taken, and why. */
  readonly failed: ReadonlyMap<string, string>;
  /** Who has the lock of the first host that has it given away already. */
  readonly held?: { readonly host: string; readonly holder: LockHolder };
}

const INTERVAL_MS = 1000;

/**
 * Takes the lock of every member, or of none: while one waits for another run, it holds nothing
 * that that one may wait for.
 */
export async function lockAll(
  fleet: Fleet,
  wish: LockWish,
  effects: DrillEffects,
): Promise<LockOutcome> {
  const until = effects.clock() + wish.timeoutMs;
  for (;;) {
    const outcome = await tryAll(fleet, wish, effects);
    if (outcome.held === undefined) return outcome;
    await fleet.close();
    if (effects.clock() >= until || effects.signal.aborted) return outcome;
    await effects.sleep(INTERVAL_MS);
  }
}

/** Says who has the lock. */
export function sayHeld({ host, holder }: NonNullable<LockOutcome["held"]>, effects: DrillEffects) {
  const diagnostic = heldDiagnostic(host, holder);
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
}

/** Shell text that takes the lock for the session that runs it; only root can break and heal. */
export function lockText({ what, who, nonce }: LockWish, now: number): string {
  const lock = raw(lockScript({ what, who, nonce, sinceS: Math.floor(now / 1000) }));
  const why = "only root can break and heal; set ansible_become: true, or add --become";
  return sh`[ "$(id -u)" = 0 ] || { echo ${why} >&2; exit 1; }
${lock}`;
}

async function tryAll(fleet: Fleet, wish: LockWish, effects: DrillEffects): Promise<LockOutcome> {
  const lost = new Map<string, ConnectError>();
  const failed = new Map<string, string>();
  // One after the other, in one order: of two runs that want the same hosts, one gets them all.
  for (const host of fleet.names) {
    try {
      const { code, stdout, stderr } = await fleet.run(host, lockText(wish, effects.now()));
      if (code === HELD) return { lost, failed, held: { host, holder: parseHeld(stdout) } };
      if (code !== 0) failed.set(host, stderr.trim() || `the shell ended with ${code}`);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      lost.set(host, error);
    }
  }
  return { lost, failed };
}
