/**
 * Waits until the scheduler of a platform has moved machines apart.
 * @module
 */
import { delay } from "@std/async/delay";
import { EXIT } from "../../errors.ts";
import type { Violation } from "../../placement/plan_model.ts";
import { ObstacleError } from "./obstacles.ts";
import type { Subject } from "./subject.ts";
import type { Planned } from "./text.ts";

/** The clock, and how often is asked; for tests. */
export interface Waiting {
  /** Between two looks, milliseconds. @default {5000} */
  readonly everyMs?: number;
}

/** How long to wait, and who is told. */
export interface WaitOptions extends Waiting {
  /** How long, milliseconds; 0 looks no more. */
  readonly ms: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Takes a line for people. */
  say(text: string): void;
}

/**
 * Looks again and again until nobody shares a host, or the time is over, and gives what was seen
 * last. Nothing moves where no rule is: such placements are not waited for.
 *
 * @throws {ObstacleError} when a platform cannot be asked, or could not be reached in the end
 */
export async function untilApart(
  subjects: readonly Subject[],
  first: readonly Planned[],
  { ms, signal, say, everyMs = 5000 }: WaitOptions,
): Promise<readonly Planned[]> {
  const end = performance.now() + ms;
  let seen = first;
  let unreached: ObstacleError | undefined;
  if (ms > 0 && together(seen)) say(`Waiting up to ${ms / 1000} s for machines to be moved apart`);
  while (together(seen) && !signal.aborted) {
    const left = end - performance.now();
    if (left <= 0) break;
    await delay(Math.min(everyMs, left), { signal }).catch(ignoreAbort);
    if (signal.aborted) break;
    try {
      seen = await Promise.all(subjects.map((subject) => subject.plan()));
      unreached = undefined;
    } catch (error) {
      // A platform that is away for a moment is looked at again: that is what waiting is for.
      if (!(error instanceof ObstacleError) || error.code !== EXIT.unreachable) throw error;
      if (unreached === undefined) say(`${error.message}; looking again`);
      unreached = error;
    }
  }
  if (unreached !== undefined && !signal.aborted) throw unreached;
  return seen;
}

function together(all: readonly Planned[]): boolean {
  return all.some((it) => it.plan.violations.some((violation) => isMovedApart(it, violation)));
}

/** Whether a rule is there, or can be, that has the platform move those who share a host apart. */
export function isMovedApart(planned: Planned, violation: Violation): boolean {
  const { options, seen } = planned;
  // Rules are those of pools: a host of its own has none.
  return options.canEnforce && !isSpread(planned, violation) &&
    seen.placements.some(({ host, pool }) => host === violation.host && pool !== undefined);
}

/** Whether those who share a host are only to be spread evenly: no rule says that. */
export function isSpread({ settings }: Planned, violation: Violation): boolean {
  return settings.groups.some(({ name, policy }) =>
    name === violation.group && policy === "spread"
  );
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
}
