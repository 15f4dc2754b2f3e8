/**
 * How far the clock of a host is from the controller's, at any moment, from a few exchanges. Pure.
 *
 * An exchange bounds the difference: the host read its clock after the question left, and before the
 * answer came. Nothing is assumed about which of the two ways took longer.
 * @module
 */

/** Bounds of `host minus controller` at one moment of the controller's clock. */
export interface Bound {
  /** Controller's monotonic milliseconds. */
  readonly at: number;
  /** Least that the difference can be. */
  readonly low: number;
  /** Most that it can be. */
  readonly high: number;
}

/** Fastest that two clocks part: crystals are off by 100 ppm each, and NTP steers by up to 500. */
const PARTING = 700e-6;

/** What a bound still says at another moment. */
function carried({ at, low, high }: Bound, moment: number): Bound {
  const width = Math.abs(moment - at) * PARTING;
  return { at: moment, low: low - width, high: high + width };
}

/** What two bounds say of a moment between them, of clocks that part evenly. */
function between(a: Bound, b: Bound, moment: number): Bound {
  const part = b.at === a.at ? 0 : (moment - a.at) / (b.at - a.at);
  const mix = (x: number, y: number) => x + (y - x) * part;
  return { at: moment, low: mix(a.low, b.low), high: mix(a.high, b.high) };
}

/**
 * Tightest bounds at a moment, from all exchanges: each alone, and every two around the moment.
 * Nothing when there are none, or when they contradict each other.
 */
export function boundAt(bounds: readonly Bound[], moment: number): Bound | undefined {
  const before = bounds.filter(({ at }) => at <= moment);
  const after = bounds.filter(({ at }) => at > moment);
  const all = [
    ...bounds.map((bound) => carried(bound, moment)),
    ...before.flatMap((a) => after.map((b) => between(a, b, moment))),
  ];
  const low = all.reduce((most, bound) => Math.max(most, bound.low), -Infinity);
  const high = all.reduce((least, bound) => Math.min(least, bound.high), Infinity);
  return all.length > 0 && low <= high ? { at: moment, low, high } : undefined;
}
