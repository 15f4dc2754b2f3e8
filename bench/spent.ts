/**
 * What one run of a program costs: the time that passes, the processor's time, and memory. The
 * processor's time is what can be compared on a machine that does other things as well.
 * @module
 */

/** What a run cost. */
export interface Spent {
  /** Time that passed, in seconds. */
  readonly seconds: number;
  /** Processor time of the program and of the system for it, in seconds. */
  readonly cpuSeconds: number;
  /** Most memory that it had at once, in megabytes of 10^6 bytes. */
  readonly peakMb: number;
}

/** Says which process it starts, waits for it, and in the end has the shell say what all took. */
const SCRIPT = `exec 3</dev/null; left=$1; shift
while [ "$left" -gt 0 ]; do
  "$@" >/dev/null 2>&1 <&3 & echo $!; wait $! || exit; left=$((left - 1))
done
times`;

/**
 * Runs a program to its end, `runs` times one after the other, and tells what one run took; what it
 * says goes nowhere. The shell counts hundredths of a second: what takes few of them has to be run
 * often. Linux only: memory is read off /proc.
 *
 * @throws {Error} when it ends with another code than 0
 */
export async function spent(program: string, args: readonly string[], runs = 1): Promise<Spent> {
  const since = performance.now();
  const child = new Deno.Command("sh", {
    args: ["-c", SCRIPT, "sh", `${runs}`, program, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, highWater(text.match(/^\d+$/gm)?.at(-1)));
  }, 20);
  try {
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) text += part;
  } finally {
    clearInterval(watch);
  }
  const { code } = await child.status;
  if (code !== 0) throw new Error(`Cannot measure: ${args.join(" ")} ended with ${code}`);
  const seconds = (performance.now() - since) / 1000 / runs;
  return { seconds, cpuSeconds: childrenSeconds(text) / runs, peakMb: peak / 1e6 };
}

/** The largest resident size that a process has had, in bytes; 0 where it is gone. */
function highWater(pid: string | undefined): number {
  if (pid === undefined) return 0;
  try {
    const [, kib = "0"] =
      /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ??
        [];
    return Number(kib) * 1024;
  } catch {
    return 0;
  }
}

/**
 * The time of a shell's children, of the second line of `times`, in seconds.
 *
 * @example
 * ```ts
 * import { childrenSeconds } from "./spent.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(childrenSeconds("4711\n0m0.00s 0m0.01s\n1m2.50s 0m0.25s\n"), 62.75);
 * ```
 */
export function childrenSeconds(text: string): number {
  const lines = text.split("\n").filter((line) => /^\d+m[\d.]+s \d+m[\d.]+s$/.test(line));
  return (lines[1] ?? "").split(" ").reduce((sum, time) => {
    const [, minutes = "0", seconds = "0"] = /^(\d+)m([\d.]+)s$/.exec(time) ?? [];
    return sum + 60 * Number(minutes) + Number(seconds);
  }, 0);
}
