import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { between, catalogueText, figuresText, type Machine } from "../../bench/drill_page.ts";
import { rowsOf } from "../../bench/drill_figures.ts";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import type { Event } from "../../src/events.ts";

const MACHINE: Machine = {
  days: ["2026-03-01", "2026-03-02"],
  cores: 2,
  arch: "x86_64",
  kernel: "6.1",
  loads: [3.14, 0.5],
  stalled: 0.0123,
  versions: ["Debian GNU/Linux 12", "HAProxy 2.6.12"],
};

const END: Event = {
  type: "drill-end",
  at: 0,
  endpoint: "lbs",
  drill: "haproxy-hung",
  title: "haproxy of the holder hangs",
  round: 1,
  rounds: 1,
  targets: ["lb1"],
  verdict: "pass",
  judged: "outageMs",
  reasons: [],
  predictedMs: 1700,
  requests: 600,
  failures: 25,
  figures: { outageMs: 1234.4, requests: 600, failures: 25, failureKinds: {}, stalledMs: 0 },
  ms: 15_000,
};

Deno.test("figuresText() says on what it was measured, and one line for each drill", () => {
  const rows = rowsOf("standard", [[END]]);
  const text = figuresText(MACHINE, [{ profile: "standard", rounds: 1, rows }]);
  assertMatch(text, /^Measured from 2026-03-01 to 2026-03-02, 1 round of `standard`, /);
  assertStringIncludes(text, "load average was 0.5 to 3.1 when runs began");
  assertStringIncludes(text, "stood still for 1.2 % of the time");
  const [line = "", ...more] = text.split("\n").filter((line) => line.startsWith("| `"));
  assertEquals(more, []);
  assertEquals(line.split("|").map((cell) => cell.trim()).slice(1, -1), [
    "`haproxy-hung`",
    "outage",
    "1,700 ms",
    "1,234 ms",
    "1,234 ms",
    "1,234 ms",
    "< 4,000 ms",
    "at most 25",
    "none",
    "1 of 1",
    "0",
  ]);
});

Deno.test("figuresText() has no column of limits for a profile that promises nothing", () => {
  const text = figuresText(MACHINE, [
    { profile: "guide", rounds: 1, rows: rowsOf("guide", [[END]]) },
  ]);
  assertEquals(text.includes("Limit"), false);
});

Deno.test("between() puts text between its markers and leaves the rest", () => {
  const page = "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n";
  const once = between(page, "x", "new");
  assertEquals(once, "a\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nb\n");
  assertEquals(between(once, "x", "new"), once);
  assertThrows(() => between(page, "y", "new"), RangeError, "<!-- y: begin -->");
});

Deno.test("docs/drills.md lists the catalogue as it is, and figures of the profiles that promise something", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/drills.md", import.meta.url));
  const squeezed = (text: string) => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  const rows = catalogueText(CATALOGUE).split("\n").slice(2);
  assertEquals(rows.filter((row) => !squeezed(page).includes(squeezed(row))), []);
  for (const profile of ["standard", "fast"]) {
    assertStringIncludes(page, `### \`${profile}\``);
  }
  const figures = page.slice(page.indexOf("<!-- figures: begin -->"));
  for (const { name } of CATALOGUE) {
    // The next report writes that part anew, and this sentence is gone.
    if (/`([a-z-]+)`\s+came\s+after\s+this\s+measurement/.exec(figures)?.[1] === name) continue;
    const lines = page.split("\n").filter((line) => line.startsWith(`| \`${name}\``));
    assertEquals(lines.length >= 3, true, `${name} has no figures of both profiles`);
  }
});
