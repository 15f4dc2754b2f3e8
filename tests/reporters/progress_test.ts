import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { progress } from "../../src/reporters/progress.ts";
import { columnsOf } from "../../src/reporters/width.ts";
import { drillRun, DRILLS } from "./drills.ts";
import { task } from "./events.ts";
import { Screen } from "./screen.ts";

const START: Event = {
  type: "run-start",
  at: 0,
  mode: "apply",
  play: "p",
  inventory: "hosts.yaml",
  hosts: ["lb1", "lb2", "lb3", "lb4", "lb5", "lb6"],
  places: {},
};
const END: Event = { type: "run-end", at: 9, exitCode: 0, hosts: {}, ms: 9 };

function begins(host: string, at: number, kind = "packages", name = "packages haproxy"): Event {
  return { type: "task-start", at, host, endpoint: "lb", kind, task: name };
}

function ends(host: string): Event {
  return { type: "host-end", at: 0, host, endpoint: "lb" };
}

/** A region on a screen of its own, and how often something was written. */
function onScreen(columns = 60, rows = 24) {
  const screen = new Screen(columns, rows);
  const size = { columns, rows };
  const writes: string[] = [];
  const region = progress({
    write: (text) => (writes.push(text), screen.write(text)),
    size: () => size,
  });
  const read = (...events: readonly Event[]) => events.forEach(region.read);
  return { screen, region, read, writes, size };
}

Deno.test("progress() shows nothing of a run that is over at once", () => {
  const { region, read, writes } = onScreen();
  region.tick(0);
  read(START, begins("lb1", 0));
  region.tick(499);
  read(ends("lb1"), END);
  region.tick(2000);
  region.clear();
  assertEquals(writes, []);
});

Deno.test("progress() calls a rollback by its name", () => {
  const { screen, region, read } = onScreen();
  read({ ...START, what: "rollback" }, ends("lb5"));
  region.tick(10_000);
  assertEquals(screen.text, "rollback: 1/6 hosts done 10 s");
});

Deno.test("progress() counts hosts, and names the slow ones, the slowest first", () => {
  const { screen, region, read } = onScreen();
  read(START, begins("lb1", 3000, "connect", "connect"), begins("lb2", 1000));
  read(begins("lb3", 9500), begins("lb4", 0, "wait", "wait for the other hosts"), ends("lb5"));
  region.tick(10_000);
  assertEquals(
    screen.text,
    "apply: 1/6 hosts done, 1 waiting 10 s\n" +
      "  lb2 packages haproxy 9 s\n" +
      "  lb1 connecting 7 s",
  );
});

Deno.test("progress() names three hosts at most, and those that have ended no more", () => {
  const { screen, region, read } = onScreen();
  read(START, ...["lb1", "lb2", "lb3", "lb4", "lb5"].map((host, i) => begins(host, i)));
  region.tick(70_000);
  assertEquals(screen.text.split("\n").length, 4);
  assertEquals(screen.text.split("\n")[1], "  lb1 packages haproxy 1 min 10 s");
  read(task("lb1", "packages haproxy", "ok"), task("lb2", "packages haproxy", "failed"));
  read(ends("lb3"), ends("lb4"));
  region.tick(71_000);
  assertEquals(screen.text, "apply: 2/6 hosts done 1 min 11 s\n  lb5 packages haproxy 1 min 10 s");
});

Deno.test("progress() says what is waited for when all hosts are done", () => {
  const { screen, region, read } = onScreen();
  read(START, ...(START.hosts.map(ends)));
  region.tick(4000);
  assertEquals(screen.text, "apply: 6/6 hosts done, looking at conditions 4 s");
  read(END);
  region.tick(4100);
  assertEquals(screen.text, "");
});

Deno.test("progress() leaves the report above as if it had never been there", () => {
  // A low screen, so that the report scrolls.
  const { screen, region, read } = onScreen(40, 6);
  read(START);
  const report: string[] = [];
  for (let i = 0; i < 30; i++) {
    read(begins(`lb${i % 6 + 1}`, i * 50));
    region.tick(1000 + i * 200);
    region.clear();
    report.push(`line ${i} of the report`);
    screen.write(`${report.at(-1)}\n`);
    region.tick(1000 + i * 200 + 100);
    const rows = screen.text.split("\n");
    assertEquals(rows.slice(0, report.length), report);
    assert(rows[report.length]?.startsWith("apply: 0/6"), screen.text);
  }
  read(END);
  region.clear();
  assertEquals(screen.text, report.join("\n"));
});

Deno.test("progress() draws ten times a second at most, and nothing that stands already", () => {
  const { region, read, writes } = onScreen();
  read(START, begins("lb1", 0));
  for (let now = 1000; now < 2000; now += 1) {
    // Another host at every moment, so that there is always something new.
    read(begins("lb2", now), now % 2 === 0 ? ends("lb3") : START);
    region.tick(now);
  }
  assertEquals(writes.length <= 10, true, `${writes.length} writes`);
  const before = writes.length;
  read(begins("lb2", 1990));
  for (let now = 2000; now < 2990; now += 100) region.tick(now);
  assertEquals(writes.length - before <= 1, true, `${writes.length - before} writes`);
});

Deno.test("progress() writes each picture as one text, and erases no line before it is replaced", () => {
  const { region, read, writes } = onScreen();
  read(START, begins("lb1", 0));
  region.tick(1000);
  region.tick(2000);
  assertEquals(writes.length, 2);
  for (const text of writes) {
    assert(text.startsWith("\x1b[?2026h") && text.endsWith("\x1b[?2026l"), text);
    const drawn = text.indexOf("apply:");
    assert(!text.slice(0, drawn).includes("\x1b[J"), text);
    assert(!text.slice(0, drawn).includes("\x1b[K"), text);
  }
});

Deno.test("progress() names the drill that runs, its step and for how long", () => {
  const { screen, region, read } = onScreen();
  const [, start, begins, step] = drillRun(DRILLS.slice(0, 1));
  assert(start && begins?.type === "drill-start" && step?.type === "drill-phase");
  read(start, { ...begins, round: 2, rounds: 3 });
  region.tick(begins.at + 4000);
  assertEquals(screen.text, "drill keepalived-stopped, round 2 of 3 4 s");
  read({ ...step, at: begins.at + 5000, phase: "fault", message: "stop keepalived on lb1" });
  region.tick(begins.at + 8000);
  assertEquals(
    screen.text,
    "drill keepalived-stopped, round 2 of 3 8 s\n  stop keepalived on lb1 3 s",
  );
});

Deno.test("progress() counts the drills that are over, and forgets their steps", () => {
  const { screen, region, read } = onScreen();
  const events = drillRun(DRILLS.slice(0, 2));
  const second = events.findLastIndex(({ type }) => type === "drill-start");
  read(...events.slice(0, second + 1));
  const start = events[second];
  assert(start?.type === "drill-start");
  region.tick(start.at + 60_000);
  assertEquals(screen.text, "drill vrrp-blocked, 1 over 1 min 0 s");
  read(...events.slice(second + 1));
  region.tick(start.at + 61_000);
  assertEquals(screen.text, "");
});

Deno.test("progress() never wraps, however narrow the screen and odd the names", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
  const wide = fc.constantFrom("負荷分散装置", "🚀🚀🚀", "e\u0301e\u0301", "a\x1b[2K", "\n\n");
  const any = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.array(fc.oneof(text, wide)), text);
  fc.assert(fc.property(any, ([columns, words, host]) => {
    const { screen, region, read } = onScreen(columns);
    read(START, begins(host, 0, "packages", words.join(" ")));
    for (const now of [1000, 2000, 61_000]) region.tick(now);
    assertEquals(screen.wraps, 0);
    for (const line of screen.text.split("\n")) assert(columnsOf(line) < columns || line === "");
    region.clear();
    assertEquals(screen.text, "");
  }));
});

Deno.test("progress() fits the screen as it is now", () => {
  const { screen, region, read, size } = onScreen();
  read(START, begins("lb1", 0), begins("lb2", 0), begins("lb3", 0));
  region.tick(1000);
  assertEquals(screen.text.split("\n").length, 4);
  region.clear();
  Object.assign(size, { columns: 24, rows: 4 });
  region.tick(2000);
  const rows = screen.text.split("\n");
  assertEquals([rows.length, rows.every((row) => row.length < 24)], [3, true]);
  assertEquals(rows[1], "  lb1 packages hap… 2 s");
  Object.assign(size, { rows: 2 });
  region.tick(3000);
  assertEquals(screen.text, "");
});
