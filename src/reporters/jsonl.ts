import type { Event } from "../events.ts";

// What a terminal may take for a command and JSON lets through; escaped it means the same.
const HIDDEN = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One event a line: the machine format is the event type itself. */
export function jsonl(write: (text: string) => void): (event: Event) => void {
  return (event) => write(`${JSON.stringify(event).replaceAll(HIDDEN, escape)}\n`);
}

function escape(char: string): string {
  // Two escapes for a character beyond the first plane.
  const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
