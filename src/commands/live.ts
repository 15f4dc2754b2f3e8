import type { Event } from "../events.ts";
import { progress } from "../reporters/progress.ts";
import type { Io } from "./io.ts";
import { liveWanted, terminalSize } from "./screen.ts";

/** The live region of a run, and an output that makes room for itself above it. */
export interface Live {
  /** Standard output and error. */
  readonly io: Io;
  /** Takes an event into account. */
  read(event: Event): void;
  /** Takes the region away for good. */
  end(): void;
}

/** Endings that leave no time for anything else: a second Ctrl-C, a bug. */
const ENDINGS = ["unload", "error", "unhandledrejection"];

/** Shows progress on standard error where a person looks at it, and nothing elsewhere. */
export function live(
  { json, step }: { readonly json?: boolean | undefined; readonly step?: boolean | undefined },
  io: Io,
): Live {
  const wanted = json !== true && step !== true && liveWanted(Deno.stderr.isTerminal());
  if (!wanted) return { io, read: () => {}, end: () => {} };
  const region = progress({ write: io.err, size: terminalSize });
  const above = (print: (text: string) => void) => (text: string) => {
    region.clear();
    print(text);
    // At once where it may be, so that it does not blink; the timer draws it otherwise.
    if (text.endsWith("\n")) region.tick(Date.now());
  };
  const timer = setInterval(() => region.tick(Date.now()), 100);
  const end = () => {
    clearInterval(timer);
    region.clear();
    for (const name of ENDINGS) globalThis.removeEventListener(name, end);
  };
  for (const name of ENDINGS) globalThis.addEventListener(name, end);
  return { io: { out: above(io.out), err: above(io.err) }, read: region.read, end };
}
