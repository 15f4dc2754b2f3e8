/**
 * Holds the lines of a real run against what docs/events.md promises.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { EventSchema, StrictEventSchema } from "../src/event_schema.ts";
import type { Event, Recap } from "../src/events.ts";

type EventOf<Type extends Event["type"]> = Extract<Event, { type: Type }>;

type ReadOnly<T> = T extends readonly (infer Item)[] ? readonly ReadOnly<Item>[]
  : T extends object ? { readonly [Key in keyof T]: ReadOnly<T[Key]> }
  : T;
type Described = ReadOnly<z.infer<typeof EventSchema>>;

/** Compiles only while what the schema describes is the event type, no more and no less. */
export const SAME: [Event, Described] extends [Described, Event] ? true : never = true;

/**
 * Asserts that lines of `--json` are the events of one whole run: described field by field, framed
 * by `version` and `run-end`, with counts that are those of the events. Gives the events.
 */
export function assertEvents(lines: readonly string[]): readonly Event[] {
  const events = lines.map(parseLine);
  const [first, last] = [events[0], events.at(-1)];
  assertEquals([first?.type, last?.type], ["version", "run-end"]);
  for (const type of ["version", "run-start", "run-end"]) {
    assert(events.filter((event) => event.type === type).length <= 1, `${type} twice`);
  }
  assertCounts(events, last as EventOf<"run-end">);
  assertHosts(events);
  return events;
}

function parseLine(line: string): Event {
  const { success, error, data } = StrictEventSchema.safeParse(JSON.parse(line));
  assert(success, `docs/events.md does not describe ${line}:\n${error && z.prettifyError(error)}`);
  return data as Event;
}

/** A reader that adds up the events must come to the counts of the end. */
function assertCounts(events: readonly Event[], { hosts }: EventOf<"run-end">): void {
  const sums: Record<string, Record<string, number>> = {};
  for (const host of Object.keys(hosts)) {
    sums[host] = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0 };
  }
  for (const event of events) {
    if (event.type !== "task-end") continue;
    const sum = sums[event.host];
    assert(sum !== undefined, `${event.host} is not in the last event`);
    for (const status of event.status === "changed" ? ["ok", "changed"] : [event.status]) {
      sum[status] = (sum[status] ?? 0) + 1;
    }
  }
  const counts = Object.fromEntries(
    Object.entries(hosts).map(([host, { roundTrips: _, ...recap }]) => [host, recap as Recap]),
  );
  assertEquals(counts, sums);
}

/** Every host ends once and says nothing more; without an interrupt all of them end. */
function assertHosts(events: readonly Event[]): void {
  const ended = new Set<string>();
  for (const event of events) {
    if (event.type === "task-end" || event.type === "task-start") {
      assert(!ended.has(event.host), `${event.host} ${event.type} ${event.task} after its end`);
    }
    if (event.type !== "host-end") continue;
    assert(!ended.has(event.host), `${event.host} ends twice`);
    ended.add(event.host);
  }
  const [start, end] = [events.find(({ type }) => type === "run-start"), events.at(-1)];
  if (start?.type !== "run-start" || end?.type !== "run-end" || end.exitCode === 130) return;
  assertEquals(start.hosts.filter((host) => !ended.has(host)), []);
}
