/**
 * One clock for two threads. Pure.
 * @module
 */

/** One question for the time of the worker. */
export interface Exchange {
  /** Asking side's milliseconds when the question left. */
  readonly sentAt: number;
  /** The same when the answer had come. */
  readonly receivedAt: number;
  /** What the worker's clock said in between. */
  readonly theirs: number;
}

/**
 * What to add to the worker's milliseconds to have ours, from the quickest exchange.
 *
 * Both read the monotonic clock of this machine with different moments 0, so the difference never
 * changes, and it is off by half the quickest exchange at most.
 *
 * @throws {RangeError} without any exchange.
 */
export function clockOffset(exchanges: readonly Exchange[]): number {
  const [first, ...rest] = exchanges;
  if (first === undefined) throw new RangeError("Cannot compare clocks: nothing was exchanged");
  const took = ({ sentAt, receivedAt }: Exchange) => receivedAt - sentAt;
  const best = rest.reduce((a, b) => took(b) < took(a) ? b : a, first);
  return (best.sentAt + best.receivedAt) / 2 - best.theirs;
}
