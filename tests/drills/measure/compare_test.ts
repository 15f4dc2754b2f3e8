import { assertEquals } from "@std/assert";
import { compareDrills, type DrillEnd } from "../../../src/drills/measure/compare.ts";
import { timelineOf } from "./helpers.ts";

function end(drill: string, outageMs: number, rest: Partial<DrillEnd> = {}): DrillEnd {
  return {
    type: "drill-end",
    at: 0,
    endpoint: "k8s",
    drill,
    title: drill,
    round: 1,
    rounds: 1,
    targets: ["lb1"],
    verdict: "pass",
    reasons: [],
    judged: "outageMs",
    outageMs,
    requests: 100,
    failures: 0,
    figures: { outageMs, requests: 100, failures: 0, failureKinds: {}, stalledMs: 0 },
    ms: 1000,
    ...rest,
  };
}

const changes = (before: DrillEnd[], after: DrillEnd[]) =>
  compareDrills(before, after).map(({ drill, change }) => [drill, change]);

Deno.test("compareDrills gives the middle, the least and the most of every drill", () => {
  const rounds = [300, 900, 500].map((ms) => end("keepalived-stopped", ms));
  const [found] = compareDrills([end("keepalived-stopped", 450)], rounds);
  assertEquals(found, {
    endpoint: "k8s",
    drill: "keepalived-stopped",
    figure: "outageMs",
    before: {
      judged: { median: 450, min: 450, max: 450, rounds: 1 },
      outage: { median: 450, min: 450, max: 450, rounds: 1 },
      verdicts: { pass: 1, fail: 0, unknown: 0, skipped: 0 },
    },
    after: {
      judged: { median: 500, min: 300, max: 900, rounds: 3 },
      outage: { median: 500, min: 300, max: 900, rounds: 3 },
      verdicts: { pass: 3, fail: 0, unknown: 0, skipped: 0 },
    },
    change: "same",
  });
});

Deno.test("slower and faster are more than a quarter, and more than three intervals", () => {
  const change = (was: number, is: number) => changes([end("a", was)], [end("a", is)])[0]?.[1];
  assertEquals(change(1000, 1250), "same");
  assertEquals(change(1000, 1251), "slower");
  assertEquals(change(1000, 749), "faster");
  assertEquals(change(1000, 750), "same");
  assertEquals(change(20, 80), "same");
  assertEquals(change(20, 81), "slower");
  assertEquals(change(0, 0), "same");
  const timeline = timelineOf([], [], { ms: 0, intervalMs: 10 });
  assertEquals(changes([end("a", 20, { timeline })], [end("a", 51, { timeline })]), [[
    "a",
    "slower",
  ]]);
});

Deno.test("what is new and what is gone is told, in the order of the later history", () => {
  assertEquals(changes([end("a", 1), end("b", 1)], [end("c", 1), end("b", 1)]), [
    ["c", "new"],
    ["b", "same"],
    ["a", "gone"],
  ]);
  const elsewhere = compareDrills([end("a", 1, { endpoint: "other" })], [end("a", 1)]);
  assertEquals(elsewhere.map(({ endpoint, change }) => [endpoint, change]), [
    ["k8s", "new"],
    ["other", "gone"],
  ]);
  assertEquals(compareDrills([], []), []);
});

Deno.test("what cannot be trusted is counted, and in no figure", () => {
  const unknown = end("a", 5000, { verdict: "unknown" });
  const [found] = compareDrills([end("a", 100)], [end("a", 120), unknown]);
  assertEquals([found?.change, found?.after?.judged?.max, found?.after?.verdicts.unknown], [
    "same",
    120,
    1,
  ]);
  assertEquals(changes([end("a", 100)], [unknown]), [["a", "unmeasured"]]);
  assertEquals(changes([end("a", 100)], [end("a", 0, { verdict: "skipped" })]), [
    ["a", "unmeasured"],
  ]);
});

Deno.test("the judged figure is compared, and the outage told beside it", () => {
  const back = (returnMs: number) =>
    end("preferred-returns", 0, {
      judged: "returnMs",
      figures: { returnMs, requests: 1, failures: 0, failureKinds: {}, stalledMs: 0 },
    });
  const [found] = compareDrills([back(100)], [back(400)]);
  assertEquals([
    found?.figure,
    found?.change,
    found?.after?.judged?.median,
    found?.after?.outage?.median,
  ], [
    "returnMs",
    "slower",
    400,
    0,
  ]);
});
