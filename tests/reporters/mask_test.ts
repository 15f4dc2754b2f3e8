import { assert, assertEquals } from "@std/assert";
import type { Event } from "../../src/events.ts";
import { maskEvent } from "../../src/reporters/mask.ts";
import { assertEvents } from "../event_lines.ts";
import { drillRun } from "./drills.ts";
import { EVERYTHING, withText } from "./events.ts";

const mask = (text: string) => text.replaceAll("hunter22", "[secret]");

Deno.test("maskEvent() masks every text of every event, names of hosts included", () => {
  for (const event of withText("x hunter22 y")) {
    const masked = JSON.stringify(maskEvent(event, mask));
    assert(!masked.includes("hunter22"), masked);
    assertEquals(masked.includes("x [secret] y"), JSON.stringify(event).includes("hunter22"));
  }
});

Deno.test("maskEvent() masks every text of a drill, and no word of the format", () => {
  for (const event of withText("x hunter22 y", drillRun())) {
    const masked = JSON.stringify(maskEvent(event, mask));
    assert(!masked.includes("hunter22"), masked);
  }
  const words = ["fault", "pass", "fail", "heal", "outageMs", "steady", "drill", "ok", "open"];
  const hide = (text: string) =>
    words.reduce((out, word) => out.replaceAll(word, "[secret]"), text);
  const masked = drillRun().map((event) => maskEvent(event, hide));
  assertEvents(masked.map((event) => JSON.stringify(event)));
  const end = masked.find((event) => event.type === "drill-end");
  assertEquals(end?.timeline?.requests.kinds[0], "ok");
  assertEquals(end?.timeline?.watch.at(-1)?.end, "open");
});

Deno.test("maskEvent() masks names that stand as keys", () => {
  const [, start, ...rest] = EVERYTHING;
  const hide = (text: string) => text.replaceAll("lb1", "[secret]");
  for (const event of [start, ...rest]) {
    assert(event !== undefined);
    assert(!JSON.stringify(maskEvent(event, hide)).includes("lb1"), event.type);
  }
});

Deno.test("maskEvent() changes nothing where there is no secret", () => {
  for (const event of EVERYTHING) assertEquals(maskEvent(event, mask), event);
});

Deno.test("maskEvent() leaves the words of the format, whatever the secret is", () => {
  const words = ["changed", "task-end", "write", "status", "hosts", "check", "error", "ok", "lb1"];
  const hide = (text: string) =>
    words.reduce((out, word) => out.replaceAll(word, "[secret]"), text);
  const events = EVERYTHING.map((event) => maskEvent(event, hide));
  assertEvents(events.map((event: Event) => JSON.stringify(event)));
});
