import { EXIT } from "../errors.ts";
import type { Io } from "./io.ts";

/** What a person who interrupts is told. */
export interface InterruptTexts {
  /** After the first time; asked for then, where it depends on what is under way. */
  readonly first: string | (() => string);
  /** Before the process ends after the second; nothing where that needs no warning. */
  readonly second?: string;
}

const STEPS = {
  first: "Stopping after the steps that are under way; interrupt again to stop at once",
};

/**
 * Does work that a person may interrupt: the first Ctrl-C (or SIGTERM, SIGHUP) lets the step that
 * is under way finish and starts no other; the second ends at once, and each host's helper ends
 * its step when the link is gone.
 */
export async function interruptible(
  io: Io,
  work: (signal: AbortSignal) => Promise<number>,
  { first, second }: InterruptTexts = STEPS,
): Promise<number> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) {
      if (second !== undefined) io.err(`\n${second}\n`);
      Deno.exit(EXIT.interrupted);
    }
    controller.abort();
    io.err(`\n${typeof first === "string" ? first : first()}\n`);
  };
  const signals: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
