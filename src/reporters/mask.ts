import type { Event } from "../events.ts";

/** Words of the format itself: a secret that is spelled like one of them is not hidden in it. */
const FORMAT = ["type", "status", "mode", "severity"];

/** Kinds of changes are words of the format too; kinds of tasks are not. */
const CHANGES = ["run", "write", "remove"];

/**
 * An event with every text in it masked, names of hosts included, wherever it stands.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { maskEvent } from "./mask.ts";
 *
 * const diagnostic = { severity: "error", code: "x", message: "Cannot use hunter2" } as const;
 * const mask = (text: string) => text.replaceAll("hunter2", "[secret]");
 * assertEquals(maskEvent({ type: "diagnostic", at: 0, diagnostic }, mask), {
 *   type: "diagnostic",
 *   at: 0,
 *   diagnostic: { severity: "error", code: "x", message: "Cannot use [secret]" },
 * });
 * ```
 */
export function maskEvent(event: Event, mask: (text: string) => string): Event {
  return masked(event, mask) as Event;
}

/** Fields whose keys are names of hosts. */
const BY_HOST = ["places", "hosts"];

function masked(value: unknown, mask: (text: string) => string, byHost = false): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, mask));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      byHost ? mask(key) : key,
      isWord(key, inner) ? inner : masked(inner, mask, !byHost && BY_HOST.includes(key)),
    ]),
  );
}

function isWord(key: string, value: unknown): boolean {
  if (typeof value !== "string") return false;
  return FORMAT.includes(key) || (key === "kind" && CHANGES.includes(value));
}
