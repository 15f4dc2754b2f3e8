/**
 * The end of a process, with its last words. Pure.
 * @module
 */
import { printable } from "../terminal.ts";

/** The process is gone, or of no use. */
export class Gone extends Error {
  /** Exit code; unset while the process still runs. */
  readonly code: number | undefined;
  /** What it complained last, outside of answers. */
  readonly words: string;
  /** What it printed last, outside of answers. */
  readonly noise: string;

  /** Keeps how it ended. */
  constructor(message: string, code: number | undefined, words: string, noise: string) {
    super(message);
    this.name = "Gone";
    this.code = code;
    this.words = words;
    this.noise = noise;
  }
}

/** What an attempt to open a shell came to. */
export interface Failure {
  /** Why there is no shell, as a whole sentence. */
  readonly message: string;
  /** Nothing had reached the host, and another try may do better. */
  readonly retry: boolean;
  /** No step can have run; else a request that was sent may have. */
  readonly nothingRan: boolean;
}

/**
 * Whether this end alone proves that no shell listened. It greets before it reads a request, and ssh
 * gives its exit code only after all that it said, so one that ended without a greeting ran nothing;
 * 255 and signals are ends of ssh itself.
 */
export function endedUnheard({ code, message }: Gone): boolean {
  return code !== undefined && code !== 255 && !message.startsWith("was ended by");
}

/** The last lines that a process said, harmless and on one line, ready to follow a sentence. */
export function lastWords({ words, noise }: Gone): string {
  const lines = (words === "" ? noise : words).split(/[\r\n]+/).map((line) => line.trim())
    .filter((line) => line !== "");
  const last = printable(lines.slice(-3).join(" | ").slice(-400));
  return last === "" ? "" : `; last words: ${last}`;
}
