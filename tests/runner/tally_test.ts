import { assertEquals } from "@std/assert";
import { EXIT } from "../../src/errors.ts";
import type { Event, Mode, Status } from "../../src/events.ts";
import { Tally } from "../../src/runner/tally.ts";

function task(host: string, status: Status): Event {
  return {
    type: "task-end",
    at: 0,
    host,
    endpoint: "lb",
    kind: "word",
    task: "word",
    status,
    changes: [],
    ms: 0,
  };
}

function check(status: "ok" | "failed" | "skipped"): Event {
  return {
    type: "check-end",
    at: 0,
    endpoint: "lb",
    check: "vip",
    status,
    message: "",
    ms: 0,
  };
}

function tally(...events: readonly Event[]): Tally {
  const counted = new Tally(["lb1", "lb2"]);
  for (const event of events) counted.add(event);
  return counted;
}

interface Case {
  readonly events: readonly Event[];
  readonly mode?: Mode;
  readonly interrupted?: boolean;
  readonly code: number;
}

const [changed, failed] = [task("lb1", "changed"), task("lb1", "failed")];
const unreachable = task("lb2", "unreachable");

const CASES: Readonly<Record<string, Case>> = {
  "0 for nothing": { events: [], code: EXIT.ok },
  "0 for changes that were made": { events: [changed], code: EXIT.ok },
  "2 for changes that a check found": { events: [changed], mode: "check", code: EXIT.changes },
  "0 for a check that found none": { events: [task("lb1", "ok")], mode: "check", code: EXIT.ok },
  "3 for a task that failed": { events: [failed], code: EXIT.failed },
  "3 for a condition that does not hold": { events: [check("failed")], code: EXIT.failed },
  "0 for a condition that nobody looked at": { events: [check("skipped")], code: EXIT.ok },
  "4 for a host that is not there": { events: [unreachable], code: EXIT.unreachable },
  "4 before 2": { events: [changed, unreachable], mode: "check", code: EXIT.unreachable },
  "3 before 4": { events: [unreachable, failed], code: EXIT.failed },
  "3 before 2": { events: [changed, failed], mode: "check", code: EXIT.failed },
  "3 for a failed condition before 4": {
    events: [unreachable, check("failed")],
    mode: "verify",
    code: EXIT.failed,
  },
  "130 before everything": {
    events: [changed, failed, unreachable, check("failed")],
    mode: "check",
    interrupted: true,
    code: EXIT.interrupted,
  },
};

for (const [name, { events, mode = "apply", interrupted = false, code }] of Object.entries(CASES)) {
  Deno.test(`Tally exits with ${name}`, () => {
    assertEquals(tally(...events).exitCode(mode, interrupted), code);
  });
}

Deno.test("Tally counts every host from zero, and a changed task as an ok one too", () => {
  const events = (["ok", "changed", "changed", "skipped", "failed"] as const)
    .map((status) => task("lb1", status));
  assertEquals(tally(...events, task("lb3", "unreachable")).recap(), {
    lb1: { ok: 3, changed: 2, unreachable: 0, failed: 1, skipped: 1 },
    lb2: { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0 },
    lb3: { ok: 0, changed: 0, unreachable: 1, failed: 0, skipped: 0 },
  });
});
