import type { Event } from "../events.ts";

/** One event a line: the machine format is the event type itself. */
export function jsonl(write: (text: string) => void): (event: Event) => void {
  return (event) => write(`${JSON.stringify(event)}\n`);
}
