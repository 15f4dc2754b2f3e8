import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { alignSpool, type Placed } from "../../../src/drills/measure/clocks.ts";
import { boundAt } from "../../../src/drills/measure/offsets.ts";
import { parseSpool } from "../../../src/drills/measure/spool.ts";
import type { ClockReading } from "../../../src/drills/model.ts";
import { ADDRESS, CLOCK, type Clock, exchange, type Seen, spoolOf, type Watch } from "./helpers.ts";

/** What a double of this size leaves off, and what the stamps of `ip` do. */
const ROUNDING_MS = 0.01;

function align(spool: string, readings: readonly ClockReading[]) {
  return alignSpool("lb1", parseSpool(spool, ADDRESS), readings);
}

const addrOf = (lines: readonly Placed[]) => lines.filter(({ line }) => line.kind === "addr");

/** Moments at which the address came and went, and how far from the truth they were placed. */
function errorsOf(clock: Clock, moments: readonly number[], readings: readonly ClockReading[]) {
  const seen: Seen[] = moments.map((at, i) => ({ at, held: i % 2 === 0 }));
  const { runs, doubts } = align(
    spoolOf(clock, { from: -1000, to: 20_000, holds: false, seen }),
    readings,
  );
  const placed = addrOf(runs.flatMap(({ lines }) => lines));
  assertEquals(placed.length, moments.length);
  return {
    doubts,
    errors: placed.map(({ at, uncertaintyMs }, i) => ({
      off: Math.abs(at - (moments[i] ?? NaN)),
      uncertaintyMs,
    })),
  };
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Offsets of seconds, hours and decades, to both sides: only the year of the stamps is bounded. */
const wall = fc.oneof(
  fc.double({ min: -5 * SECOND, max: 5 * SECOND, noNaN: true }),
  fc.double({ min: -48 * HOUR, max: 48 * HOUR, noNaN: true }),
  fc.constant(-20 * 365 * 24 * HOUR),
).map((offset) => 1_795_000_000_000 + offset);
const uptime = fc.double({ min: 10 * SECOND, max: 1000 * 24 * HOUR, noNaN: true });
const ppm = fc.double({ min: -200, max: 200, noNaN: true });
const moments = fc.uniqueArray(fc.integer({ min: 0, max: 19_000 }), {
  minLength: 1,
  maxLength: 12,
}).map((all) => all.sort((a, b) => a - b));
/** Ways there and back, one of them much longer than the other. */
const way = fc.oneof(
  fc.double({ min: 0.05, max: 3, noNaN: true }),
  fc.double({ min: 10, max: 80, noNaN: true }),
);
const ways = fc.array(fc.tuple(way, way), { minLength: 3, maxLength: 6 });

/** Exchanges before, and after; the last of them a long while after. */
function around(clock: Clock, found: readonly (readonly [number, number])[]): ClockReading[] {
  return found.map(([there, back], i) =>
    exchange(clock, i % 2 === 0 ? -900 + i * 100 : 19_500 + i * 300, there, back)
  );
}

Deno.test("the true moment is within the uncertainty, whatever the offset, the drift and the ways", () => {
  fc.assert(fc.property(wall, uptime, ppm, moments, ways, (w, u, p, events, found) => {
    const clock: Clock = { wall: w, uptime: u, ppm: p };
    const { errors, doubts } = errorsOf(clock, events, around(clock, found));
    assertEquals(doubts, []);
    for (const { off, uncertaintyMs } of errors) {
      assert(off <= uncertaintyMs + ROUNDING_MS, `${off} > ${uncertaintyMs}`);
    }
  }));
});

Deno.test("the uncertainty is no more than half of the quickest exchange, and what clocks part", () => {
  fc.assert(fc.property(wall, uptime, ppm, moments, ways, (w, u, p, events, found) => {
    const clock: Clock = { wall: w, uptime: u, ppm: p };
    const quickest = Math.min(...found.map(([there, back]) => there + back));
    const { errors } = errorsOf(clock, events, around(clock, found));
    for (const { uncertaintyMs } of errors) {
      assert(uncertaintyMs <= quickest / 2 + 22_000 * 700e-6, `${uncertaintyMs} of ${quickest}`);
    }
  }));
});

Deno.test("between two exchanges a clock that runs too fast is followed", () => {
  const clock: Clock = { ...CLOCK, ppm: 200 };
  const readings = [exchange(clock, -500, 0.2, 0.2), exchange(clock, 20_500, 0.2, 0.2)];
  const { errors: [error] } = errorsOf(clock, [10_000], readings);
  // One exchange alone would be off by 2 ms here.
  assert(
    error !== undefined && error.uncertaintyMs < 0.5 && error.off < 0.5,
    JSON.stringify(error),
  );
});

Deno.test("the true moment is within the uncertainty where the wall clock was set meanwhile", () => {
  const by = fc.oneof(
    fc.double({ min: 30, max: 400, noNaN: true }),
    fc.double({ min: 400, max: HOUR, noNaN: true }),
  ).chain((size) => fc.constantFrom(size, -size));
  const step = fc.record({ at: fc.integer({ min: 2000, max: 17_000 }), by });
  fc.assert(fc.property(wall, uptime, ppm, step, moments, ways, (w, u, p, set, events, found) => {
    const clock: Clock = { wall: w, uptime: u, ppm: p, step: set };
    const { errors, doubts } = errorsOf(clock, events, around(clock, found));
    assertEquals(doubts, []);
    for (const { off, uncertaintyMs } of errors) {
      assert(off <= uncertaintyMs + ROUNDING_MS, `${off} > ${uncertaintyMs}`);
    }
  }));
});

Deno.test("a clock that was set is set right from exchanges on one side of it alone", () => {
  const clock: Clock = { ...CLOCK, step: { at: 9_750, by: -2 * HOUR } };
  const readings = [exchange(clock, -500), exchange(clock, -400)];
  const { errors } = errorsOf(clock, [5_000, 15_000], readings);
  const [before, after] = errors.map(({ uncertaintyMs }) => uncertaintyMs);
  assert(before !== undefined && before < 6, `${before}`);
  // What is known through the time since boot is known to its hundredths only.
  assert(after !== undefined && after > 10 && after < 25, `${after}`);
  for (const { off, uncertaintyMs } of errors) assert(off <= uncertaintyMs);
});

Deno.test("a moment just beside a step is in the bounds of both sides where it fits both", () => {
  const clock: Clock = { ...CLOCK, step: { at: 9_750, by: 200 } };
  const readings = [exchange(clock, -500), exchange(clock, 20_500)];
  const { errors: [error] } = errorsOf(clock, [9_740], readings);
  assert(error !== undefined && error.off <= error.uncertaintyMs && error.uncertaintyMs >= 100);
});

Deno.test("a host that is slow to read one clock after the other has not set any", () => {
  const spool = spoolOf(CLOCK, {
    from: -1000,
    to: 20_000,
    holds: false,
    seen: [{ at: 9_000, held: true }],
  });
  // Three times the second clock was read 60 ms late.
  const slow = spool.split("\n").map((row, i) => {
    const [kind, ns, up] = row.split(" ");
    return kind === "clock" && i % 9 === 4 ? `clock ${ns} ${(Number(up) + 0.06).toFixed(2)}` : row;
  }).join("\n");
  assert(slow !== spool);
  const { runs } = align(slow, [exchange(CLOCK, -500), exchange(CLOCK, 20_500)]);
  const [placed] = addrOf(runs.flatMap(({ lines }) => lines));
  assert(placed !== undefined && placed.uncertaintyMs < 2, JSON.stringify(placed));
  assert(Math.abs(placed.at - 9_000) <= placed.uncertaintyMs);
});

Deno.test("each kernel has its own time since boot", () => {
  const before: Clock = CLOCK;
  // Its clock came back from the hardware a minute wrong.
  const after: Clock = { wall: CLOCK.wall + 60_000, uptime: -8_000 };
  const one: Watch = { from: -1000, to: 4_000, holds: true };
  const two: Watch = { from: 9_000, to: 15_000, holds: false, boot: "b-2" };
  const spool = spoolOf(before, one) +
    spoolOf(after, { ...two, seen: [{ at: 12_000, held: true }] });
  const { runs, doubts } = align(spool, [exchange(before, -500), exchange(after, 14_000)]);
  assertEquals(doubts, []);
  assertEquals(runs.map(({ boot }) => boot), ["b-1", "b-2"]);
  const [placed] = addrOf(runs[1]?.lines ?? []);
  assert(placed !== undefined && Math.abs(placed.at - 12_000) <= placed.uncertaintyMs);
  assert(placed.uncertaintyMs < 3, `${placed.uncertaintyMs}`);
});

Deno.test("what was written while nobody read the clock is left out and doubted", () => {
  const spool = spoolOf(CLOCK, { from: 0, to: 2000, holds: true });
  const { runs, doubts } = align(spool, []);
  assertEquals(runs, []);
  assertMatch(doubts[0] ?? "", /^what lb1 recorded cannot be placed in time/);
});

Deno.test("a third kernel without an exchange is doubted, the others are placed", () => {
  const at = (from: number, boot: string): Watch => ({ from, to: from + 2000, holds: false, boot });
  const second: Clock = { wall: CLOCK.wall, uptime: -4_000 };
  const third: Clock = { wall: CLOCK.wall, uptime: -9_000 };
  const spool = spoolOf(CLOCK, at(0, "b-1")) + spoolOf(second, at(5_000, "b-2")) +
    spoolOf(third, at(10_000, "b-3"));
  const { runs, doubts } = align(spool, [exchange(CLOCK, -500), exchange(third, 11_000)]);
  assertEquals(runs.map(({ boot }) => boot), ["b-1", "b-3"]);
  assertEquals(doubts.length, 1);
});

Deno.test("boundAt gives nothing for exchanges that contradict each other", () => {
  assertEquals(boundAt([], 0), undefined);
  const one = { at: 0, low: 10, high: 11 };
  assertEquals(boundAt([one, { at: 100, low: 20, high: 21 }], 0), undefined);
  assertEquals(boundAt([one, { at: 0, low: 10.5, high: 12 }], 0), { at: 0, low: 10.5, high: 11 });
});
