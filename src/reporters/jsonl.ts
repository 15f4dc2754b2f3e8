import type { Event } from "../events.ts";
import { escaped } from "../terminal.ts";

/** One event a line: the machine format is the event type itself. */
export function jsonl(write: (text: string) => void): (event: Event) => void {
  // What a terminal may take for a command and JSON lets through; escaped it means the same.
  return (event) => write(`${escaped(JSON.stringify(event))}\n`);
}
