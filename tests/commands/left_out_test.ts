import { assertEquals } from "@std/assert";
import { leftOut, sayLeftOut } from "../../src/commands/left_out.ts";
import type { Event } from "../../src/events.ts";
import type { Task } from "../../src/model.ts";
import { anEndpoint } from "../helpers.ts";

function task(name: string): Task {
  return { kind: "word", name, notify: [], tags: [], probe: "true", plan: () => ({ changes: [] }) };
}

const all = ["a", "b", "c", "d"].map(task);
const hosts = [{
  endpoint: anEndpoint("lb1"),
  host: "lb1",
  all,
  wanted: all.filter(({ name }) => ["b", "d"].includes(name)),
}];

function failed(task: string, more: Partial<Event> = {}): Event {
  return {
    type: "task-end",
    at: 0,
    host: "lb1",
    endpoint: "lb",
    kind: "word",
    task,
    status: "failed",
    changes: [],
    ms: 0,
    error: "Cannot go on",
    ...more,
  } as Event;
}

/** What the error of an event becomes. */
function said(event: Event, ...declined: readonly string[]): string | undefined {
  let error: string | undefined;
  const write = (event: Event) => {
    if (event.type === "task-end") error = event.error;
  };
  sayLeftOut(write, leftOut(hosts), () => declined)(event);
  return error;
}

Deno.test("sayLeftOut() names what was left out above a task that failed", () => {
  const head = "Cannot go on\nThis run left out what comes before it: ";
  assertEquals(said(failed("b")), `${head}"a"`);
  assertEquals(said(failed("d")), `${head}"a", "c"`);
});

Deno.test("sayLeftOut() names everything for what stands in no list: a handler", () => {
  assertEquals(
    said(failed("handler reload x")),
    'Cannot go on\nThis run left out what comes before it: "a", "c"',
  );
});

Deno.test("sayLeftOut() names what was declined, each once, and not too many", () => {
  assertEquals(
    said(failed("b"), "a", "x"),
    'Cannot go on\nThis run left out what comes before it: "a", "x"',
  );
  assertEquals(
    said(failed("b"), ..."uvwxyz"),
    'Cannot go on\nThis run left out what comes before it: "a", "u", "v", "w", "x" and 2 more',
  );
});

Deno.test("sayLeftOut() leaves other events as they are", () => {
  assertEquals(said(failed("a")), "Cannot go on");
  assertEquals(said(failed("d", { status: "unreachable" })), "Cannot go on");
  assertEquals(said(failed("connect", { kind: "connect" })), "Cannot go on");
  assertEquals(said(failed("d", { host: "lb9" })), "Cannot go on");
});
