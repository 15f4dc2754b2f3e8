import { assertEquals } from "@std/assert";
import { brokenLimits, limitOf, rowsOf, stalledPart } from "../../bench/drill_figures.ts";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import type { DrillFigures } from "../../src/drill_events.ts";
import type { DrillEnd } from "../../src/drills/measure/compare.ts";
import type { Event } from "../../src/events.ts";
import { timelineOf } from "../drills/measure/helpers.ts";

const FIGURES: DrillFigures = { requests: 600, failures: 3, failureKinds: {}, stalledMs: 0 };

/** A drill that began so often, and its end. */
function drill(
  name: string,
  figures: Partial<DrillFigures>,
  { verdict = "pass", judged = "outageMs", attempts = 1 }: {
    readonly verdict?: DrillEnd["verdict"];
    readonly judged?: NonNullable<DrillEnd["judged"]>;
    readonly attempts?: number;
  } = {},
): Event[] {
  const common = { at: 0, endpoint: "lbs", drill: name } as const;
  const look = { type: "drill-phase", phase: "preflight", message: "look", ...common } as const;
  const end: Event = {
    type: "drill-end",
    ...common,
    title: name,
    round: 1,
    rounds: 1,
    targets: ["lb1"],
    verdict,
    judged,
    reasons: [],
    predictedMs: 300,
    requests: 600,
    failures: 3,
    figures: { ...FIGURES, ...figures },
    ms: 15_000,
  };
  return [...Array.from({ length: attempts }, () => look), end];
}

Deno.test("rowsOf() has the spread of the judged figure and the longest gap of all rounds", () => {
  const rounds = [
    drill("link-down", { outageMs: 300, returnMs: 0, twoHoldersMs: 0 }),
    drill("link-down", { outageMs: 320, returnMs: 700, twoHoldersMs: 12 }),
    drill("link-down", { outageMs: 280, returnMs: 0 }),
  ];
  const [row, ...more] = rowsOf("fast", rounds);
  assertEquals(more, []);
  assertEquals(row?.history.judged, { median: 300, min: 280, max: 320, rounds: 3 });
  assertEquals([row?.worstMs, row?.limitMs, row?.predictedMs], [700, 1000, 300]);
  assertEquals([row?.failures, row?.twoHoldersMs, row?.spoiled], [3, 12, 0]);
});

Deno.test("rowsOf() counts what this machine kept from being measured, and measures nothing by it", () => {
  const rounds = [
    drill("link-down", { outageMs: 300 }, { attempts: 3 }),
    drill("link-down", { outageMs: 9000 }, { verdict: "unknown", attempts: 3 }),
  ];
  const [row] = rowsOf("fast", rounds);
  assertEquals([row?.worstMs, row?.spoiled], [300, 5]);
  assertEquals(row?.history.verdicts, { pass: 1, fail: 0, unknown: 1, skipped: 0 });
});

Deno.test("rowsOf() takes the recovery where nothing can answer before it", () => {
  const figures = { outageMs: 12_000, returnMs: 100, recoveryMs: 600 };
  const rounds = [drill("api-servers-all-dead", figures, { judged: "recoveryMs" })];
  const [row] = rowsOf("standard", rounds);
  assertEquals([row?.worstMs, row?.figure, row?.limitMs], [600, "recoveryMs", 4000]);
});

Deno.test("limitOf() holds fast to a second, and standard to one and a half where a host says goodbye or is missed", () => {
  const of = (profile: "fast" | "standard" | "guide") =>
    CATALOGUE.filter(({ name }) => limitOf(profile, name) === undefined).map(({ name }) => name);
  assertEquals(of("fast"), ["api-servers-all-dead"]);
  assertEquals(of("standard"), []);
  assertEquals(of("guide").length, CATALOGUE.length);
  const soon = CATALOGUE.filter(({ name }) => limitOf("standard", name) === 1500);
  assertEquals(
    soon.map(({ name }) => name).toSorted(),
    ["apply-restart", "haproxy-stopped", "keepalived-stopped", "link-down", "power-off"],
  );
});

Deno.test("brokenLimits() says what took too long, what failed and what was never measured", () => {
  const broken = (events: Event[], profile: "fast" | "guide" = "fast") =>
    brokenLimits(profile, rowsOf(profile, [events]));
  assertEquals(broken(drill("link-down", { outageMs: 1000 })), []);
  assertEquals(broken(drill("link-down", { outageMs: 1001 })), [
    "fast, link-down: no answer for 1001 ms, allowed 1000 ms",
  ]);
  assertEquals(broken(drill("link-down", { outageMs: 10 }, { verdict: "fail" })), [
    "fast, link-down: failed in 1 rounds",
  ]);
  assertEquals(broken(drill("link-down", {}, { verdict: "unknown" })), [
    "fast, link-down: not measured",
  ]);
  assertEquals(broken(drill("link-down", { outageMs: 9000 }, { verdict: "fail" }), "guide"), []);
});

Deno.test("stalledPart() is of the time in which somebody measured", () => {
  const timeline = timelineOf([], [], { ms: 10_000, intervalMs: 20 });
  const events = drill("link-down", { stalledMs: 500 }).map((event) =>
    event.type === "drill-end" ? { ...event, timeline } : event
  );
  assertEquals(stalledPart([events, events]), 0.05);
  assertEquals(stalledPart([]), 0);
});
