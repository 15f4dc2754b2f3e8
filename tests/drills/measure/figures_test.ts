import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Timeline } from "../../../src/drill_events.ts";
import { figuresOf } from "../../../src/drills/measure/figures.ts";
import { boundsOf } from "../../../src/drills/measure/moments.ts";
import { mark, requestsOf, timelineOf } from "./helpers.ts";

const MARKS = [mark(2000, "fault", "lb1"), mark(6000, "heal", "lb1"), mark(8000, "steady")];

Deno.test("an outage while the fault stood and one after the heal are two figures", () => {
  const up = (at: number) => !(at > 2000 && at < 2600) && !(at > 6005 && at < 6300);
  const figures = figuresOf(timelineOf(requestsOf(up), MARKS));
  assertEquals([figures.outageMs, figures.returnMs, figures.recoveryMs], [620, 300, undefined]);
  assertEquals(figures.requests, 500);
  assertEquals(figures.failures, 44);
  assertEquals(figures.failureKinds, { refused: 44 });
});

Deno.test("a figure without an outage is 0, and without its mark it is unset", () => {
  const samples = requestsOf(() => true);
  const all = figuresOf(timelineOf(samples, MARKS));
  assertEquals([all.outageMs, all.returnMs, all.degradedMs, all.recoveryMs], [0, 0, 0, undefined]);
  const healed = figuresOf(timelineOf(samples, [mark(6000, "heal")]));
  assertEquals([healed.outageMs, healed.returnMs, healed.degradedMs], [undefined, 0, undefined]);
  const broken = figuresOf(timelineOf(samples, [mark(2000, "fault")]));
  assertEquals([broken.outageMs, broken.returnMs], [0, undefined]);
  const none = figuresOf(timelineOf(samples, []));
  assertEquals([none.outageMs, none.returnMs, none.maxHolders, none.watch], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("what ends with the heal is an outage from the fault, and a recovery from the heal", () => {
  const up = (at: number) => at < 2100 || at > 6700;
  const figures = figuresOf(timelineOf(requestsOf(up), MARKS));
  assertEquals([figures.outageMs, figures.recoveryMs, figures.returnMs], [4620, 705, 0]);
});

Deno.test("what was never answered again has no recovery", () => {
  const figures = figuresOf(timelineOf(requestsOf((at) => at < 2100), MARKS));
  assertEquals([figures.recoveryMs, (figures.outageMs ?? 0) > 7800], [undefined, true]);
});

Deno.test("degraded is from the first failure to the last while the fault stood, by when they were sent", () => {
  const samples = requestsOf(() => true).map((sample) => {
    const third = sample.at % 60 === 0;
    return third && sample.at > 2000 && sample.at < 2700
      ? { ...sample, ms: 1000, kind: "timeout" }
      : sample;
  });
  assertEquals(figuresOf(timelineOf(samples, MARKS)).degradedMs, 2640 - 2040);
  // One more a long while after the heal is another matter.
  const later = samples.map((one) => one.at === 7500 ? { ...one, kind: "reset" } : one);
  const figures = figuresOf(timelineOf(later, MARKS));
  assertEquals(figures.degradedMs, 600);
  assertEquals(figures.failureKinds, { timeout: 11, reset: 1 });
});

Deno.test("the slowest request is the unluckiest client's, whatever others were answered", () => {
  const slow = (at: number, ms: number, kind = "timeout") =>
    requestsOf(() => true).map((one) => one.at === at ? { ...one, ms, kind } : one);
  const slowest = (samples: ReturnType<typeof requestsOf>, stalls: Timeline["stalls"] = []) =>
    figuresOf(timelineOf(samples, MARKS, { stalls })).slowestMs;
  assertEquals(slowest(slow(2020, 1002)), 1002);
  assertEquals(figuresOf(timelineOf(slow(2020, 1002), MARKS)).outageMs, 40);
  assertEquals(slowest(slow(7000, 900, "ok")), 900);
  // Before the fault it is the healthy service's, and in a stall the prober's own.
  const usual = slowest(requestsOf(() => true));
  assertEquals(slowest(slow(500, 1002)), usual);
  assertEquals(slowest(slow(2020, 1002), [{ from: 2500, to: 2600 }]), usual);
});

Deno.test("the first fault and the first heal count, a heal before the fault does not", () => {
  const up = (at: number) => !(at > 3000 && at < 3500);
  const marks = [
    mark(1000, "heal"),
    mark(2000, "fault"),
    mark(2900, "fault"),
    mark(5000, "heal"),
    mark(7000, "heal"),
  ];
  const figures = figuresOf(timelineOf(requestsOf(up), marks));
  assertEquals([figures.outageMs, figures.returnMs], [520, 0]);
});

Deno.test("a stall has two bounds: what was seen, and what may have been", () => {
  const up = (at: number) => !(at > 3000 && at < 3500);
  const samples = requestsOf(up).filter(({ at }) => at < 3400 || at >= 3900);
  const stalls = [{ from: 3400, to: 3900 }];
  const timeline = timelineOf(samples, MARKS, { stalls });
  assertEquals(boundsOf(timeline).outageMs, { ms: 420, mostMs: 920 });
  assertEquals(figuresOf(timeline).stalledMs, 500);
});

Deno.test("figures of holders, and by how much their clocks may be off", () => {
  const held = (host: string, from: number, to: number, uncertaintyMs: number) => ({
    host,
    from,
    to,
    uncertaintyMs,
  });
  const figures = figuresOf(timelineOf(requestsOf(() => true), MARKS, {
    holders: [held("lb1", 0, 2000, 1.5), held("lb2", 2610, 7140, 2), held("lb1", 7000, 9985, 3)],
  }));
  assertEquals(figures.maxHolders, 2);
  assertEquals(figures.twoHoldersMs, 140);
  assertEquals(figures.noHolderMs, 610);
  assertEquals(figures.moves, 2);
  assertEquals(figures.clockMs, 5);
});

Deno.test("the connection that stood open at the fault is told, not one that ended before", () => {
  const span = (from: number, to: number, end: string, silentMs = 0) => ({
    from,
    to,
    end,
    silentMs,
  });
  const told = (...watch: ReturnType<typeof span>[]) =>
    figuresOf(timelineOf(requestsOf(() => true), MARKS, { watch })).watch;
  assertEquals(told(span(0, 9985, "open")), "survived");
  assertEquals(told(span(0, 900, "closed"), span(1000, 9985, "open")), "survived");
  assertEquals(told(span(0, 2120, "reset", 120), span(2200, 9985, "open")), "reset after 120 ms");
  assertEquals(
    told(span(0, 2120, "reset", 120), span(2200, 6000, "closed", 5), span(6000, 9985, "open")),
    "reset after 120 ms, ended 2 times in all",
  );
});

Deno.test("no figure is negative, and none is more than it may be", () => {
  const kinds = fc.constantFrom("ok", "ok", "ok", "refused", "timeout");
  const sample = fc.record({
    at: fc.integer({ min: 0, max: 9000 }),
    ms: fc.integer({ min: 0, max: 1000 }),
    kind: kinds,
  });
  const span = fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 1000 }))
    .map(([from, ms]) => ({ from, to: from + ms }));
  const kind = fc.constantFrom(
    "prepare" as const,
    "fault" as const,
    "heal" as const,
    "steady" as const,
  );
  const marks = fc.array(fc.tuple(fc.integer({ min: 0, max: 9000 }), kind), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 80 }),
      fc.array(span, { maxLength: 3 }),
      marks,
      (samples, stalls, done) => {
        const timeline = timelineOf(samples, done.map(([at, what]) => mark(at, what)), { stalls });
        const bounds = boundsOf(timeline);
        const figures = figuresOf(timeline);
        for (const name of ["outageMs", "returnMs", "recoveryMs", "degradedMs"] as const) {
          const found = bounds[name];
          if (found === undefined) {
            assertEquals(figures[name], undefined);
            continue;
          }
          assert(found.ms >= 0 && found.mostMs >= found.ms, `${name}: ${JSON.stringify(found)}`);
          assert(found.ms <= timeline.ms, name);
        }
      },
    ),
  );
});
