/**
 * The world as a run may touch it.
 * @module
 */
import { describer } from "../describe.ts";
import type { Event } from "../events.ts";
import type { Connect, Secret } from "../model.ts";
import type { Effects } from "../runner/host.ts";

/** Effects of a run: what it says goes to `emit`, secrets masked, until `signal` is aborted. */
export function effects(
  connect: Connect,
  emit: (event: Event) => void,
  secrets: readonly Secret[],
  signal: AbortSignal,
): Effects {
  return {
    connect,
    emit,
    now: () => Date.now(),
    sleep: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
      }),
    describe: describer(secrets),
    nonce: () => crypto.randomUUID(),
    signal,
  };
}
