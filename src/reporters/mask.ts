import type { Event } from "../events.ts";

/** Fields that hold words of the format: a secret that is spelled like one is not hidden in it. */
const FORMAT = ["type", "status", "mode", "severity", "verdict", "phase", "judged"];

/** Fields in which some words are of the format. Kinds of tasks are not. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  kind: ["run", "write", "remove", "prepare", "fault", "heal", "steady"],
  kinds: ["ok"],
  end: ["open"],
};

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

function masked(value: unknown, mask: (text: string) => string, key = "", byHost = false): unknown {
  if (typeof value === "string") return isWord(key, value) ? value : mask(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, mask, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      byHost ? mask(key) : key,
      masked(inner, mask, key, !byHost && BY_HOST.includes(key)),
    ]),
  );
}

function isWord(key: string, value: string): boolean {
  return FORMAT.includes(key) || (WORDS[key]?.includes(value) ?? false);
}
