import { EXIT } from "../errors.ts";
import type { Io } from "./io.ts";

/**
 * Does work that a person may interrupt: the first Ctrl-C (or SIGTERM, SIGHUP) lets the step that
 * is under way finish and starts no other; the second ends at once, and each host's helper ends
 * its step when the link is gone.
 */
export async function interruptible(
  io: Io,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    controller.abort();
    io.err("\nStopping after the steps that are under way; interrupt again to stop at once\n");
  };
  const signals: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
  }
}
