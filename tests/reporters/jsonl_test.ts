import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { jsonl } from "../../src/reporters/jsonl.ts";
import { EVERYTHING, withText } from "./events.ts";

function report(events: readonly Event[]): string {
  let text = "";
  events.forEach(jsonl((part) => text += part));
  return text;
}

function parsed(text: string): unknown[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("jsonl() writes one event a line, unchanged", () => {
  assertEquals(parsed(report(EVERYTHING)), [...EVERYTHING]);
});

Deno.test("jsonl() escapes what a terminal would obey, and means the same", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
    const events = withText(text);
    const shown = report(events);
    assertEquals(parsed(shown), [...events]);
    assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown.replaceAll("\n", "")), shown);
  }));
});

Deno.test("jsonl() escapes characters beyond the first plane as a pair", () => {
  const [event] = withText("\u{e0041}");
  assertEquals(event && report([event]).includes("\\udb40\\udc41"), true);
});
