/**
 * How the clock of a host stands. Text and a pure reading of its answer.
 * @module
 */

/** Read-only shell text, as short as can be: the answer is worth as much as its journey is quick. */
export const CLOCK_SCRIPT =
  `at=$(date +%s%N); read -r up _ </proc/uptime; printf 'clock %s %s\\n' "$at" "$up"`;

/** What {@link parseClock} reads. */
export interface HostClock {
  /** Wall clock, epoch milliseconds with fractions. */
  readonly hostMs: number;
  /** Time since boot, in milliseconds; its kernel counts hundredths of a second. */
  readonly uptimeMs: number;
}

/**
 * Reads the answer to {@link CLOCK_SCRIPT}.
 * @throws {TypeError} when it is no time, or one in whole seconds
 */
export function parseClock(stdout: string): HostClock {
  const [, ns = "", up = ""] = stdout.match(/^clock (\d{19}) (\d+(?:\.\d+)?)$/m) ?? [];
  if (ns === "") {
    const answer = stdout.trim().slice(0, 80);
    throw new TypeError(`Cannot read the clock of the host: "${answer}" has no nanoseconds`);
  }
  // In two parts: a number of this size has no room for nanoseconds.
  const hostMs = Number(ns.slice(0, -6)) + Number(ns.slice(-6)) / 1e6;
  return { hostMs, uptimeMs: Math.round(Number(up) * 1000) };
}
