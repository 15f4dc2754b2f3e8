/**
 * What a session needs of a process: three streams and an end.
 * @module
 */

/** A running process that is a shell, or leads to one. `Deno.ChildProcess` is one. */
export interface Transport {
  /** What the shell reads. */
  readonly stdin: WritableStream<Uint8Array>;
  /** What it writes. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** What it complains. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the process itself has ended. */
  readonly status: Promise<{ readonly code: number; readonly signal: string | null }>;
  /** Ends the process. May throw when it has ended. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts `ssh` with these arguments. */
export type Spawn = (args: readonly string[]) => Transport;

/** Starts a program with its streams connected to us. */
export function spawnProgram(program: string, args: readonly string[]): Transport {
  return new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // A group of its own: Ctrl-C in a terminal reaches us alone, and we end things in order.
    detached: true,
  }).spawn();
}
