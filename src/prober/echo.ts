/**
 * Whether the way to another host works: what is sent on it must come back as soon as it does when
 * all is well. Pure.
 * @module
 */
import { patience, type Span } from "./loop.ts";

/** Follows what was sent to a host that sends everything back. */
export class Echo {
  readonly #intervalMs: number;
  readonly #underWay: number[] = [];
  readonly #doubts: { from: number; to: number }[] = [];
  #best: number;
  #good: number;
  #goneAt: number | undefined;

  /** The first one was sent and came back already. */
  constructor(first: { readonly sentAt: number; readonly cameAt: number }, intervalMs: number) {
    this.#best = first.cameAt - first.sentAt;
    this.#good = first.cameAt;
    this.#intervalMs = intervalMs;
  }

  /** The way has ended, and does not come back. */
  get gone(): boolean {
    return this.#goneAt !== undefined;
  }

  /** One more was sent. */
  sent(now: number): void {
    this.#underWay.push(now);
  }

  /** So many came back, the oldest first. */
  came(count: number, now: number): void {
    for (const sentAt of this.#underWay.splice(0, count)) {
      this.#best = Math.min(this.#best, now - sentAt);
      if (now - sentAt > this.#allowed()) this.#doubt(now);
    }
    this.#good = now;
  }

  /** Nothing will come back any more. */
  ended(now: number): void {
    this.#goneAt ??= now;
  }

  /** Every time until now in which the way did not do what it does when all is well. */
  doubts(now: number): readonly Span[] {
    const [oldest] = this.#underWay;
    const late = oldest !== undefined && now - oldest > this.#allowed();
    if (late || this.gone) this.#doubt(now);
    return this.#doubts;
  }

  #allowed(): number {
    return this.#best + patience(this.#intervalMs);
  }

  /** Since the last moment in which the way is known to have worked. */
  #doubt(now: number): void {
    const last = this.#doubts.at(-1);
    if (last !== undefined && last.to >= this.#good) last.to = now;
    else this.#doubts.push({ from: this.#good, to: now });
  }
}
