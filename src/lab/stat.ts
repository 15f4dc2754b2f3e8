/**
 * What `/proc/PID/stat` says of a process. Pure, and without imports: the matrix of the tests reads it
 * where no configuration is at hand.
 * @module
 */

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessRecord {
  /** Its pid. */
  pid: number;
  /** When it started, in clock ticks since boot. */
  startedAt: string;
}

/** The record of a process; nothing when the text is none of `/proc`. */
export function parseStat(text: string): ProcessRecord | undefined {
  // "pid (name) state ppid ...": the name may hold anything, so fields count from the last ")".
  const match = /^(\d+) \(.*\) ([\s\S]*)$/.exec(text);
  const startedAt = match?.[2]?.split(" ")[19];
  return startedAt === undefined ? undefined : { pid: Number(match?.[1]), startedAt };
}

/** Whether a process has ended, and only nobody has collected it. */
export function hasEnded(text: string): boolean {
  return /\) [ZX] /.test(text);
}
