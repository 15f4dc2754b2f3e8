/**
 * Where the wall clock of a host was set while somebody looked: stretches of its record in which it
 * ran evenly. Pure.
 *
 * The time since boot is never set, and what steers the speed of one steers that of the other. So
 * their difference changes only when the wall clock is set.
 * @module
 */
/** What `/proc/uptime` leaves off: it counts in hundredths of a second. */
export const UPTIME_STEP_MS = 10;

/** A difference that changes by more was not made by that, nor by the time between two readings. */
const STEP_MS = UPTIME_STEP_MS + 5;

/** Where only one moment tells of it, less than this is taken for a host that was slow to read. */
const LONE_STEP_MS = 100;

/** Moments on each side of a step that must agree about it. */
const AGREE = 3;

/** Both clocks at one moment. */
export interface Tick {
  /** Wall clock, epoch milliseconds. */
  readonly wallMs: number;
  /** Time since boot, milliseconds. */
  readonly uptimeMs: number;
}

/** A stretch in which the wall clock was not set. */
export interface Stretch {
  /** Its first time since boot, milliseconds. */
  readonly from: number;
  /** Its last. */
  readonly to: number;
  /** Wall clock minus time since boot, milliseconds. */
  readonly biasMs: number;
  /** By how much that may be off. */
  readonly looseMs: number;
}

/** The middle one of some numbers, NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

const bias = (tick: Tick) => tick.wallMs - tick.uptimeMs;
const far = (a: Tick, b: Tick) => Math.abs(bias(a) - bias(b)) > STEP_MS;

/** Without a moment at which the host took long between reading the one clock and the other. */
function steady(ticks: readonly Tick[]): readonly Tick[] {
  return ticks.filter((tick, i) => {
    const [before, after] = [ticks[i - 1], ticks[i + 1]];
    return before === undefined || after === undefined || far(before, after) ||
      !far(before, tick) || !far(after, tick);
  });
}

/** Whether the clock was set between two ticks: all around them must say so. */
function isStep(ticks: readonly Tick[], next: number): boolean {
  const before = ticks.slice(Math.max(0, next - AGREE), next).map(bias);
  const after = ticks.slice(next, next + AGREE).map(bias);
  const apart = Math.max(
    Math.min(...after) - Math.max(...before),
    Math.min(...before) - Math.max(...after),
  );
  return apart > (before.length === 1 || after.length === 1 ? LONE_STEP_MS : STEP_MS);
}

/** Stretches of one boot, in order, from moments in order of time since boot; none of none. */
export function stretchesOf(all: readonly Tick[]): readonly Stretch[] {
  const ticks = steady(all);
  const cuts = ticks.flatMap((_, i) => i > 0 && isStep(ticks, i) ? [i] : []);
  if (ticks.length === 0) return [];
  return [0, ...cuts].map((start, i) => {
    const part = ticks.slice(start, cuts[i] ?? ticks.length);
    const found = part.map(bias);
    const spread = Math.max(...found) - Math.min(...found);
    return {
      from: part[0]?.uptimeMs ?? 0,
      to: part.at(-1)?.uptimeMs ?? 0,
      // The time since boot is cut off, never rounded up: every difference is a little large.
      biasMs: median(found) - UPTIME_STEP_MS / 2,
      looseMs: UPTIME_STEP_MS / 2 + Math.max(0, spread - UPTIME_STEP_MS),
    };
  });
}

/** How badly a moment of both clocks fits a stretch: another setting of the clock is worst. */
export function misfit(stretch: Stretch, tick: Tick): number {
  const off = Math.abs(bias(tick) - UPTIME_STEP_MS / 2 - stretch.biasMs);
  const outside = Math.max(0, stretch.from - tick.uptimeMs, tick.uptimeMs - stretch.to);
  return (off > STEP_MS + stretch.looseMs ? off * 1e6 : 0) + outside;
}
