import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../src/events.ts";
import { VERSION } from "../../src/version.ts";
import { withTempDir } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";

const COMMON = { at: "number" };

/** Fields of every event, frozen once released. */
const FIELDS: Readonly<Record<Event["type"], Readonly<Record<string, string>>>> = {
  version: { format: "number", holdfast: "string" },
  "run-start": {
    places: "object",
    ...COMMON,
    mode: "string",
    play: "string",
    inventory: "string",
    hosts: "string[]",
  },
  "task-start": {
    host: "string",
    endpoint: "string",
    kind: "string",
    task: "string",
    at: "number",
  },
  "task-end": {
    ...COMMON,
    host: "string",
    endpoint: "string",
    kind: "string",
    task: "string",
    status: "string",
    changes: "object[]",
    ms: "number",
  },
  "check-end": {
    ...COMMON,
    endpoint: "string",
    check: "string",
    status: "string",
    message: "string",
    ms: "number",
  },
  diagnostic: { ...COMMON, diagnostic: "object" },
  "run-end": { ...COMMON, exitCode: "number", hosts: "object", ms: "number" },
};

function typeName(value: unknown): string {
  return Array.isArray(value) ? `${typeof (value[0] ?? {})}[]` : typeof value;
}

function assertEvent(event: Record<string, unknown>): void {
  const fields = FIELDS[event.type as Event["type"]];
  assert(fields !== undefined, `an event of type ${event.type}`);
  for (const [name, type] of Object.entries(fields)) {
    assertEquals(typeName(event[name]), type, `${event.type}.${name}`);
  }
}

Deno.test("--json prints events only, from the version to the end of the run", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    const { code, out, err } = await cli(["apply", `${dir}/hosts.yaml`, "--json"]);
    assertEquals([code, err], [4, ""]);
    const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(events[0], { type: "version", format: 1, holdfast: VERSION });
    events.forEach(assertEvent);
    const { type, exitCode, hosts } = events.at(-1);
    const counts = { ok: 0, changed: 0, unreachable: 1, failed: 0, skipped: 0 };
    assertEquals([type, exitCode], ["run-end", 4]);
    for (const host of ["lb1", "lb2"]) {
      assertEquals({ ...hosts[host], ...counts }, hosts[host]);
      assertEquals(typeof hosts[host].roundTrips, "number");
    }
  }));

Deno.test("--json tells of a refused inventory in events too", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END.replace("backends", "backend"));
    const { code, out, err } = await cli(["apply", `${dir}/hosts.yaml`, "--json"]);
    const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    events.forEach(assertEvent);
    assertEquals(code, 1);
    assertEquals(events.at(0).type, "version");
    assert(events.some(({ diagnostic }) => diagnostic?.hint?.includes("backends")), out);
    assertEquals([events.at(-1).type, events.at(-1).exitCode], ["run-end", 1]);
    assert(err.includes("backend"), err);
  }));
