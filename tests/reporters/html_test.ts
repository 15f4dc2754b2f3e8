import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Event } from "../../src/events.ts";
import { html, HTML_START } from "../../src/reporters/html.ts";
import { drillEnd, drillRun, DRILLS, FAULT_AT, timeline } from "./drills.ts";
import { EVERYTHING, withText } from "./events.ts";

/** The page of events. */
function page(events: readonly Event[]): string {
  let text = "";
  events.forEach(html((part) => text += part));
  return text;
}

const count = (text: string, part: string | RegExp) => text.split(part).length - 1;

/** Tags of a page in order; fails on one that is opened and not closed in its place. */
function tags(text: string): string[] {
  const open: string[] = [];
  const all: string[] = [];
  for (const [, end, name = ""] of text.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (end === "/") assertEquals(open.pop(), name);
    else {
      all.push(name);
      if (!["meta", "br"].includes(name)) open.push(name);
    }
  }
  assertEquals(open, []);
  return all;
}

Deno.test("html() begins with all drills, each a link to its own part", () => {
  const text = page(drillRun());
  assert(text.startsWith(HTML_START), text.slice(0, 80));
  assertStringIncludes(text, "<h1>Failover drills: 1 passed, 1 failed, 1 unknown, 1 skipped</h1>");
  const links = [...text.matchAll(/<a href="#([^"]+)">/g)].map(([, id]) => id);
  const sections = [...text.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
  assertEquals(links, sections);
  assertEquals(links.length, DRILLS.length);
});

Deno.test("html() fetches nothing and runs nothing", () => {
  const text = page(drillRun());
  assertStringIncludes(
    text,
    'content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"',
  );
  assertEquals(tags(text).filter((it) => ["script", "link", "img", "iframe"].includes(it)), []);
  assertEquals(/https?:|url\(|@import|\son\w+=/.test(text), false);
});

Deno.test("html() nests every element, and gives every id once", () => {
  const text = page(drillRun());
  tags(text);
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const [, list = ""] of text.matchAll(/aria-labelledby="([^"]+)"/g)) {
    for (const id of list.split(" ")) assert(ids.includes(id), id);
  }
});

Deno.test("html() draws requests, holders, backends, watch and marks of a drill", () => {
  const text = page(drillRun(DRILLS.slice(0, 1)));
  const [whole = ""] = /<svg class="timeline"[^]*?<\/figure>/.exec(text) ?? [];
  assertStringIncludes(whole, 'role="img"');
  assertMatch(whole, /<desc [^>]*>outage: 169 ms \(predicted 306, allowed 2,000\)\./);
  const answers = /class="answers" d="([^"]+)"/.exec(whole)?.[1] ?? "";
  const { at, kind } = timeline().requests;
  const inside = at.filter((it, i) =>
    kind[i] === 0 && it >= FAULT_AT - 1000 && it <= FAULT_AT + 10_900
  );
  assert(Math.abs(count(answers, "M") - inside.length) <= 1, `${count(answers, "M")} answers`);
  const kinds = [...whole.matchAll(/data-kind="([^"]+)"/g)].map(([, it]) => it);
  assertEquals(kinds.toSorted(), ["refused", "timeout"]);
  const hosts = [...whole.matchAll(/class="holder" data-host="([^"]+)"/g)].map(([, it]) => it);
  assertEquals(hosts, ["lb1", "lb2", "lb3"]);
  assertEquals(count(whole, 'class="holds"'), 3);
  assertEquals(count(whole, 'class="unsure"'), 3);
  assertEquals(count(whole, 'class="backends"'), 2);
  assertEquals(count(whole, 'class="ended"'), 1);
  for (const it of ["fault", "heal", "steady"]) assertStringIncludes(whole, `class="mark ${it}"`);
  for (const it of ["predicted", "limit", "outage", "nobody"]) {
    assertStringIncludes(whole, `<g class="${it}">`);
  }
});

Deno.test("html() shows two holders and stalls where they were, and nowhere else", () => {
  const [good, split, stalled] = DRILLS.map((end) => page(drillRun([end])));
  assertEquals(count(good ?? "", '<g class="several">'), 0);
  assert(count(split ?? "", '<g class="several">') >= 1);
  assertStringIncludes(split ?? "", "two holders 5,000 ms");
  assertEquals(count(good ?? "", '<g class="stall">'), 0);
  assert(count(stalled ?? "", '<g class="stall">') >= 1);
});

Deno.test("html() draws a short failover nearer, and a long one once", () => {
  assertEquals(count(page(drillRun([drillEnd("x", { holdMs: 9000 })])), "<figure>"), 2);
  const long = drillEnd("x", { takeoverMs: 8000, holdMs: 9000 });
  assertEquals(count(page(drillRun([long])), "<figure>"), 1);
});

Deno.test("html() says of a skipped drill why, and draws nothing", () => {
  const text = page(drillRun(DRILLS.slice(3)));
  assertStringIncludes(text, "<li>the inventory names no power_command</li>");
  assertEquals(count(text, "<svg"), 0);
});

Deno.test("html() stays small however many requests there were", () => {
  for (const takeoverMs of [100, 300_000]) {
    const spec = { takeoverMs, holdMs: 300_000, intervalMs: 10 };
    const end = drillEnd("x", { ...spec, kinds: ["refused", "reset", "timeout", "closed", "tls"] });
    assert(end.requests > 30_000);
    const size = page(drillRun([end])).length;
    assert(size < 300_000, `${size} bytes`);
  }
});

Deno.test("html() shows a run without drills: what went wrong, and the recap", () => {
  const text = page(EVERYTHING);
  assertStringIncludes(text, "<h1>Run of holdfast apply</h1>");
  assertStringIncludes(text, "<strong>lb1: service haproxy failed</strong>");
  assertStringIncludes(text, "port is taken");
  assertStringIncludes(text, '<tr data-host="load-balancer-2">');
  tags(text);
});

Deno.test("html() writes nothing before the end of the run", () => {
  assertEquals(page(drillRun().slice(0, -1)), "");
});

Deno.test("html() keeps every text in its place, whatever hosts say", () => {
  const wanted = tags(page(withText("x", drillRun(DRILLS.slice(0, 1)))));
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
      for (const hostile of [text, `</style><script>${text}`, `"'><b>${text}`, "--><i>"]) {
        const made = page(withText(hostile, drillRun(DRILLS.slice(0, 1))));
        assertEquals(tags(made), wanted);
        assert(!/[\p{Cf}\p{Cs}\0]/u.test(made), "a hidden character");
      }
    }),
    { numRuns: 8 },
  );
});
