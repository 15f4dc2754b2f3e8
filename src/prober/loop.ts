/**
 * The open loop: a request at every tick, whatever became of earlier ones. Pure but for what is
 * passed in.
 * @module
 */

/** From one moment to another. */
export interface Span {
  /** First moment. */
  readonly from: number;
  /** Last moment. */
  readonly to: number;
}

/** Most requests that may be under way. */
export const MOST_IN_FLIGHT = 400;

/** How late a tick may be before the time until it is a stall, in milliseconds. */
export function patience(intervalMs: number): number {
  return Math.max(50, 2.5 * intervalMs);
}

/** The ticks that were due, and the times in which nothing could be sent. */
export class Ticks {
  #due: number;
  #full: number | undefined;
  readonly #intervalMs: number;
  readonly #stalls: Span[] = [];

  /** The first tick is due at once. */
  constructor(now: number, intervalMs: number) {
    this.#due = now;
    this.#intervalMs = intervalMs;
  }

  /** Takes the tick that is due; tells whether a request may be sent. Missed ticks are left out. */
  tick(now: number, inFlight: number): boolean {
    if (now - this.#due > patience(this.#intervalMs)) {
      this.#stalls.push({ from: this.#due, to: now });
    }
    // On the grid of the first tick, so that the number of requests does not depend on lateness.
    const missed = Math.max(0, Math.floor((now - this.#due) / this.#intervalMs));
    this.#due += (missed + 1) * this.#intervalMs;
    const full = inFlight >= MOST_IN_FLIGHT;
    if (full) this.#full ??= now;
    else this.#room(now);
    return !full;
  }

  /** Milliseconds until the next tick is due. */
  wait(now: number): number {
    return Math.max(0, this.#due - now);
  }

  /** Every stall until now, by when it began. */
  stalls(now: number): readonly Span[] {
    if (now - this.#due > patience(this.#intervalMs)) {
      this.#stalls.push({ from: this.#due, to: now });
    }
    this.#room(now);
    return this.#stalls.sort((a, b) => a.from - b.from);
  }

  #room(now: number): void {
    if (this.#full !== undefined) this.#stalls.push({ from: this.#full, to: now });
    this.#full = undefined;
  }
}
