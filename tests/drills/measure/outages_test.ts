import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { outagesOf } from "../../../src/drills/measure/outages.ts";
import type { RequestSample } from "../../../src/drills/model.ts";
import { mark, requestsOf, timelineOf } from "./helpers.ts";

const INTERVAL = 20;
const FAULT = 2000;
const LENGTH = 12_000;
const JITTER = 8;
const TOOK = 12;
const TIMEOUT = 1000;

const seenIn = (...args: Parameters<typeof timelineOf>) =>
  outagesOf(timelineOf(...args)).filter(({ seen }) => seen);

/** A service that is down now and then, and the way it fails. */
interface Truth {
  readonly down: readonly { readonly from: number; readonly to: number }[];
  /** Part of the requests that fails while it is up, from the fault on. */
  readonly share: number;
  /** Down: requests get no answer, so that their failure is told at their deadline. */
  readonly mute: boolean;
}

const truth: fc.Arbitrary<Truth> = fc.record({
  // Far enough from each other, and long enough, to be told apart by samples.
  down: fc.array(
    fc.record({ gap: fc.integer({ min: 300, max: 1500 }), ms: fc.integer({ min: 60, max: 1500 }) }),
    {
      maxLength: 3,
    },
  ).map((parts) => {
    let at = FAULT;
    return parts.map(({ gap, ms }) => {
      const from = at + gap;
      at = from + ms;
      return { from, to: at };
    });
  }),
  share: fc.constantFrom(0, 0, 0.1, 0.3),
  mute: fc.boolean(),
});

/** Random numbers between 0 and 1, told by a seed that a failing test prints. */
function* rollsOf(seed: number): Generator<number, number> {
  let state = seed;
  while (true) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}
const dice = fc.nat(2 ** 31 - 1);

/** Asks a service on a fixed schedule, each request a little late and for a little while. */
function ask({ down, share, mute }: Truth, seed: number): RequestSample[] {
  const rolls = rollsOf(seed);
  const roll = () => rolls.next().value;
  return Array.from({ length: LENGTH / INTERVAL }, (_, i) => {
    const at = i * INTERVAL + roll() * JITTER;
    const ms = 1 + roll() * (TOOK - 1);
    // It is answered when it is up all the while.
    const hit = down.some(({ from, to }) => at < to && at + ms > from);
    if (hit) return { at, ms: mute ? TIMEOUT : ms, kind: mute ? "timeout" : "refused" };
    const unlucky = at > FAULT && roll() < share;
    return { at, ms, kind: unlucky ? "http 500" : "ok" };
  });
}

const marks = [mark(FAULT, "fault")];

Deno.test("an outage is as long as it was, and at most two intervals and a request longer", () => {
  fc.assert(fc.property(truth, dice, (service, seed) => {
    const outages = seenIn(ask({ ...service, share: 0 }, seed), marks);
    assertEquals(outages.length, service.down.length);
    outages.forEach(({ ms, mostMs }, i) => {
      const { from = 0, to = 0 } = service.down[i] ?? {};
      const most = to - from + 2 * (INTERVAL + JITTER) + 2 * TOOK;
      assert(ms >= to - from && ms <= most, `${ms} of ${to - from}`);
      assertEquals(mostMs, ms);
    });
  }));
});

Deno.test("where only a part fails, no outage is shorter than a true one, and all failures are in one", () => {
  fc.assert(fc.property(truth, dice, (service, seed) => {
    const samples = ask(service, seed);
    const outages = seenIn(samples, marks);
    for (const { from, to } of service.down) {
      assert(outages.some((one) => one.from <= from && one.to >= to));
    }
    for (const { at, kind } of samples) {
      if (kind !== "ok") assert(outages.some(({ from, to }) => from <= at && to >= at), `${at}`);
    }
  }));
});

Deno.test("a service that always answers has no outage", () => {
  fc.assert(fc.property(dice, fc.boolean(), (seed, mute) => {
    assertEquals(outagesOf(timelineOf(ask({ down: [], share: 0, mute }, seed), marks)), []);
  }));
});

/** Stalls of the prober, apart from each other. */
const stalls = fc.array(
  fc.record({ gap: fc.integer({ min: 200, max: 2000 }), ms: fc.integer({ min: 100, max: 2500 }) }),
  { minLength: 1, maxLength: 3 },
).map((parts) => {
  let at = 500;
  return parts.map(({ gap, ms }) => {
    const from = at + gap;
    at = from + ms;
    return { from, to: at };
  });
});

/** What a prober that stood still brings back: what was under way is told late, or timed out. */
function stalled(
  samples: readonly RequestSample[],
  spans: readonly { from: number; to: number }[],
) {
  return samples.flatMap(({ at, ms, kind }) => {
    if (spans.some(({ from, to }) => at >= from && at < to)) return [];
    const over = spans.find(({ from, to }) => at < from && at + ms >= from && at < to);
    if (over === undefined) return [{ at, ms, kind }];
    const late = over.to - at;
    return [{ at, ms: late, kind: late >= TIMEOUT ? "timeout" : kind }];
  });
}

Deno.test("a stall of the prober never becomes an outage", () => {
  fc.assert(fc.property(stalls, dice, (spans, seed) => {
    const samples = stalled(ask({ down: [], share: 0, mute: false }, seed), spans);
    const outages = outagesOf(timelineOf(samples, marks, { stalls: spans }));
    assertEquals(outages.filter(({ seen }) => seen), []);
    // What may have been in it is told all the same.
    for (const { from, to } of spans.filter((span) => span.to < LENGTH - 100)) {
      assert(
        outages.some(({ mostMs, ...one }) =>
          one.from <= from && one.to >= to && mostMs >= to - from
        ),
      );
    }
  }));
});

Deno.test("with stalls too, a true outage is between what was seen and what may have been", () => {
  fc.assert(fc.property(truth, stalls, dice, (service, spans, seed) => {
    const samples = stalled(ask({ ...service, share: 0 }, seed), spans);
    const outages = outagesOf(timelineOf(samples, marks, { stalls: spans }));
    const slack = 2 * (INTERVAL + JITTER) + 2 * TOOK;
    for (const { from, to, ms, mostMs } of outages.filter(({ seen }) => seen)) {
      const inside = service.down.filter((down) => down.from < to && down.to > from);
      const hidden = inside.reduce((sum, down) => sum + down.to - down.from, 0);
      assert(ms <= hidden + slack * Math.max(1, inside.length), `${ms} of ${hidden}`);
      assert(ms >= 0 && ms <= mostMs);
    }
    for (const { from, to } of service.down.filter((down) => down.to < LENGTH - TIMEOUT)) {
      assert(
        outages.some((one) => one.to >= to && one.to - one.mostMs <= from),
        `${from} to ${to}`,
      );
    }
  }));
});

Deno.test("the order of samples means nothing", () => {
  fc.assert(fc.property(truth, dice, (service, seed) => {
    const samples = ask(service, seed);
    const rolls = rollsOf(seed + 1);
    const mixed = samples.map((sample) => ({ sample, key: rolls.next().value }))
      .sort((a, b) => a.key - b.key).map(({ sample }) => sample);
    assertEquals(outagesOf(timelineOf(mixed, marks)), outagesOf(timelineOf(samples, marks)));
  }));
});

Deno.test("a failure that its deadline tells counts when it was sent", () => {
  const samples = requestsOf(() => true).map((sample) =>
    sample.at >= 3000 && sample.at < 3300 ? { ...sample, ms: 1000, kind: "timeout" } : sample
  );
  const [outage, ...more] = seenIn(samples, marks);
  assertEquals([outage?.from, outage?.to, outage?.ms, more], [2985, 3305, 320, []]);
});

Deno.test("answers that all come late are an outage without a failure", () => {
  // The first packet of each is lost, and sent again after a second.
  const samples = requestsOf(() => true).map((sample) =>
    sample.at >= 3000 && sample.at < 3600 ? { ...sample, ms: 3650 - sample.at } : sample
  );
  assertEquals(seenIn(samples, marks).map(({ from, to }) => [from, to]), [[2985, 3605]]);
});

Deno.test("an outage that lasts to the end has no longest length", () => {
  const samples = requestsOf((at) => at < 8000);
  const [outage] = seenIn(samples, marks);
  assertEquals([outage?.from, outage?.mostMs, (outage?.ms ?? 0) > 1900], [7985, Infinity, true]);
});

Deno.test("nothing asked at the end, or at the beginning, is no outage", () => {
  const samples = requestsOf(() => true).filter(({ at }) => at > 1000 && at < 9000);
  assertEquals(outagesOf(timelineOf(samples, [mark(FAULT, "fault"), mark(9990, "steady")])), []);
});
