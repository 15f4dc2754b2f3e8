/** Signals by number, as a shell adds them to 128; those that end a process on purpose or by a fault. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
  24: "SIGXCPU",
  25: "SIGXFSZ",
};

/**
 * How a script ended, for people: the signal too, where the shell's exit code tells of one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(howEnded(255), "it ended with 255");
 * assertEquals(howEnded(137), "it ended with 137 (SIGKILL)");
 * ```
 */
export function howEnded(code: number): string {
  const signal = SIGNALS[code - 128];
  return `it ended with ${code}${signal === undefined ? "" : ` (${signal})`}`;
}
