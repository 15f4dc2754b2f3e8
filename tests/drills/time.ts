/** A clock that stands while anything works, and goes on when everybody waits. */
export class Time {
  /** Milliseconds since the beginning. */
  now = 0;
  readonly #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  /** Waits; an abort ends a wait that has begun, as the real one's does. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ at: this.now + ms, wake: resolve });
      if (signal?.aborted === false) {
        signal.addEventListener("abort", () => resolve(), { once: true });
      }
      // After everything that can be done at this moment.
      setTimeout(() => this.#next(), 0);
    });
  }

  #next(): void {
    const [first, ...rest] = this.#waiting.toSorted((a, b) => a.at - b.at);
    if (first === undefined) return;
    this.#waiting.splice(0, Infinity, ...rest);
    this.now = Math.max(this.now, first.at);
    first.wake();
  }
}
