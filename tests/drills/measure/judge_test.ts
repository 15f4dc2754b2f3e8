import { assertEquals } from "@std/assert";
import type { HolderSpan, Timeline } from "../../../src/drill_events.ts";
import type { Expectation } from "../../../src/drills/model.ts";
import { figuresOf } from "../../../src/drills/measure/figures.ts";
import { judge } from "../../../src/drills/measure/judge.ts";
import { mark, requestsOf, timelineOf } from "./helpers.ts";

const MARKS = [mark(2000, "fault", "lb1"), mark(6000, "heal", "lb1"), mark(8000, "steady")];

const held = (host: string, from: number, to: number, uncertaintyMs = 2): HolderSpan => ({
  host,
  from,
  to,
  uncertaintyMs,
});

/** It went to the other, and came back. */
const MOVED = [held("lb1", 0, 2001), held("lb2", 2610, 6500), held("lb1", 6510, 9985)];
const STAYED = [held("lb1", 0, 9985)];

interface Case {
  readonly expect?: Partial<Expectation>;
  readonly up?: (at: number) => boolean;
  readonly holders?: readonly HolderSpan[];
  readonly stalls?: Timeline["stalls"];
  readonly doubts?: readonly string[];
  readonly failures?: readonly string[];
  readonly marks?: Timeline["marks"];
}

/** Out for 600 ms after the fault. */
const FAILED_OVER = (at: number) => at < 2000 || at > 2600;

function judged(
  {
    expect = {},
    up = FAILED_OVER,
    holders = MOVED,
    stalls = [],
    doubts = [],
    failures,
    marks = MARKS,
  }: Case,
) {
  const samples = requestsOf(up).filter(({ at }) =>
    !stalls.some(({ from, to }) => at >= from && at < to)
  );
  const timeline = timelineOf(samples, marks, { holders, stalls });
  return judge(
    { targets: ["lb1"], breaks: [], holdMs: 4000, expect: { twoHoldersMs: 0, ...expect } },
    { timeline, figures: figuresOf(timeline), doubts },
    { promiseMs: 1000, ...(failures === undefined ? {} : { failures }) },
  );
}

const brief = (one: Case) => {
  const { verdict, reasons } = judged(one);
  return [verdict, ...reasons];
};

Deno.test("what was promised and held passes, with what is worth knowing", () => {
  assertEquals(judged({ expect: { address: "moves" } }), {
    verdict: "pass",
    reasons: ["no answer for 620 ms, allowed 1,000 ms", "lb2 took the address from lb1"],
    limitMs: 1000,
    judged: "outageMs",
  });
  assertEquals(brief({ up: () => true, holders: STAYED, expect: { address: "stays" } }), [
    "pass",
    "no outage",
  ]);
});

Deno.test("an outage over the limit fails; the limit of the drill comes before the promise", () => {
  const up = (at: number) => at < 2000 || at > 3220;
  assertEquals(brief({ up }), ["fail", "no answer for 1,240 ms, allowed 1,000 ms"]);
  assertEquals(brief({ up, expect: { limitMs: 1500 } })[0], "pass");
  assertEquals(judged({ up, expect: { limitMs: 500 } }).limitMs, 500);
});

Deno.test("the figure that the drill names is judged", () => {
  const returned = (at: number) => at < 6010 || at > 7300;
  const told = ["fail", "no answer for 1,300 ms after the heal, allowed 1,000 ms"];
  assertEquals(brief({ up: returned, expect: { judged: "returnMs" } }), told);
  assertEquals(brief({ up: returned, expect: { judged: "recoveryMs" } })[0], "unknown");
  const dead = (at: number) => at < 2000 || at > 7500;
  assertEquals(brief({ up: dead, expect: { judged: "recoveryMs" } }), [
    "fail",
    "the first answer came 1,505 ms after the heal, allowed 1,000 ms",
  ]);
  const partly = (at: number) => at < 2000 || at > 3500 || at % 60 !== 5;
  assertEquals(brief({ up: partly })[0], "pass");
  assertEquals(brief({ up: partly, expect: { judged: "degradedMs" } }), [
    "fail",
    "requests failed over 1,440 ms, allowed 1,000 ms",
  ]);
});

Deno.test("a single failure is not denied by the reason of a drill that passed", () => {
  const expect = { judged: "degradedMs" as const, limitMs: 2000 };
  assertEquals(brief({ up: () => true, expect }), ["pass", "no request failed"]);
  const once = requestsOf(() => true).map(({ at }) => at);
  const failing = (from: number) => {
    const moment = once.find((at) => at >= from);
    return (at: number) => at !== (moment ?? 0) + 5;
  };
  assertEquals(brief({ up: failing(3000), expect }), [
    "pass",
    "1 request failed, and none after that",
  ]);
  assertEquals(brief({ up: failing(1000), expect }), [
    "pass",
    "no request failed while the fault stood",
  ]);
});

Deno.test("what the return costs counts, whatever else a drill is about", () => {
  const returned = (at: number) => at < 6010 || at > 7300;
  const told = ["fail", "no answer for 1,300 ms after the heal, allowed 1,000 ms"];
  assertEquals(brief({ up: returned }), told);
  assertEquals(brief({ up: returned, expect: { judged: "degradedMs" } }).slice(0, 2), told);
  // A limit of the drill's own, over the promise, holds for the return too.
  assertEquals(brief({ up: returned, expect: { limitMs: 1500 } })[0], "pass");
});

Deno.test("a figure that could not be had is unknown, and no answer at all is a failure", () => {
  assertEquals(brief({ expect: { judged: "recoveryMs" } }), [
    "unknown",
    "it was answered up to the heal, so there is no recovery to measure",
  ]);
  assertEquals(brief({ expect: { judged: "recoveryMs" }, up: (at) => at < 2000 }), [
    "fail",
    "no answer in the last 3,985 ms of the measurement, allowed 1,000 ms",
  ]);
  assertEquals(brief({ marks: [mark(6000, "heal")] })[0], "unknown");
});

Deno.test("an endpoint that is silent at the end has not come back, whatever figure is judged", () => {
  assertEquals(brief({ up: (at) => at < 8500 }), [
    "fail",
    "no answer in the last 1,500 ms of the measurement, allowed 1,000 ms",
  ]);
  assertEquals(brief({ up: (at) => at < 9500 }), [
    "unknown",
    "no answer in the last 500 ms of the measurement: it may have gone on",
  ]);
  assertEquals(brief({ up: (at) => at < 5500, expect: { judged: "recoveryMs", limitMs: 4000 } }), [
    "unknown",
    "no answer in the last 3,985 ms of the measurement: it may have gone on",
  ]);
});

Deno.test("a stall makes unknown what it could change, and nothing else", () => {
  const stalls = [{ from: 2500, to: 3300 }];
  // 120 ms to the stall and 20 after it were seen; with the stall it may be over the limit.
  assertEquals(brief({ stalls }), [
    "unknown",
    "the prober stood still for 800 ms: no answer for up to 1,320 ms, allowed 1,000 ms",
  ]);
  assertEquals(brief({ stalls: [{ from: 2500, to: 2700 }] })[0], "pass");
  const up = (at: number) => at < 2000 || at > 4500;
  assertEquals(brief({ up, stalls })[0], "fail");
  // Before the fault, and after the return, it hides no outage that is judged.
  assertEquals(brief({ stalls: [{ from: 200, to: 1500 }] })[0], "pass");
});

Deno.test("two holders that nothing excuses fail", () => {
  const holders = [held("lb1", 0, 2750), held("lb2", 2610, 9985)];
  assertEquals(
    brief({ holders }),
    [
      "fail",
      "two hosts held the address for 140 ms, allowed 0 ms",
      "no answer for 620 ms, allowed 1,000 ms",
    ].slice(0, 2),
  );
  assertEquals(brief({ holders, expect: { twoHoldersMs: 150 } }), [
    "pass",
    "no answer for 620 ms, allowed 1,000 ms",
    "two hosts held the address for 140 ms, allowed 150 ms",
  ]);
  // What the clocks may be off is not held against anyone.
  assertEquals(brief({ holders, expect: { twoHoldersMs: 137 } })[0], "pass");
  assertEquals(brief({ holders, expect: { twoHoldersMs: 135 } })[0], "fail");
});

Deno.test("two holders as long as the fault stands are expected, and must be seen", () => {
  const expect = { twoHoldersMs: "faulted", splits: true } as const;
  const split = (to: number) => [held("lb1", 0, 9985), held("lb2", 2610, to)];
  const up = () => true;
  assertEquals(brief({ up, expect, holders: split(6100) }), [
    "pass",
    "no outage",
    "two hosts held the address for 3,490 ms",
  ]);
  assertEquals(brief({ up, expect, holders: split(9100) }), [
    "fail",
    "two hosts held the address for 3,100 ms after the heal, allowed 2,000 ms",
  ]);
  assertEquals(
    brief({ up, expect: { ...expect, twoHoldersAfterMs: 3200 }, holders: split(9100) })[0],
    "pass",
  );
  // The address may return long after the heal, and two hold it for a moment when it does.
  const returned = [held("lb1", 0, 6050), held("lb2", 2610, 9310), held("lb1", 9300, 9985)];
  assertEquals(brief({ up, expect, holders: returned })[0], "pass");
  assertEquals(brief({ up, expect, holders: STAYED }), [
    "unknown",
    "two hosts were expected to hold the address, and were not seen to",
  ]);
  const early = [held("lb1", 0, 9985), held("lb2", 1000, 1500)];
  assertEquals(brief({ up, expect, holders: early }), [
    "fail",
    "two hosts held the address before anything was broken",
  ]);
});

Deno.test("an address that must move, or must stay, and does not", () => {
  assertEquals(brief({ expect: { address: "moves" }, holders: STAYED }), [
    "fail",
    "no other host took the address from lb1",
  ]);
  assertEquals(brief({ expect: { address: "stays" } }), [
    "fail",
    "the address moved to lb2, and should have stayed on lb1",
  ]);
  // Gone and back on the same host has not moved; nor has what moves after the heal.
  const blink = [held("lb1", 0, 2001), held("lb1", 2500, 7000), held("lb2", 7010, 9985)];
  assertEquals(brief({ expect: { address: "stays" }, holders: blink })[0], "pass");
  // By clocks that are a little off it was gone before the fault.
  const gone = [held("lb1", 0, 1997), held("lb2", 2610, 9985)];
  assertEquals(brief({ expect: { address: "moves" }, holders: gone })[0], "pass");
  assertEquals(brief({ holders: [] }), ["unknown", "no host was seen to hold the address"]);
});

Deno.test("where only the heal is measured, the address moves after it", () => {
  const marks = [mark(1000, "prepare", "lb1"), mark(2000, "heal", "lb1")];
  const holders = [held("lb2", 0, 2700), held("lb1", 2710, 9985)];
  const expect = { address: "moves", judged: "returnMs" } as const;
  assertEquals(brief({ marks, holders, expect }), [
    "pass",
    "no answer for 620 ms after the heal, allowed 1,000 ms",
    "lb1 took the address from lb2",
  ]);
  // Two holders while things were prepared are not what is measured.
  const split = [
    held("lb1", 0, 1500),
    ...holders.map((span) => ({ ...span, from: span.from || 1200 })),
  ];
  assertEquals(brief({ marks, holders: split, expect })[0], "pass");
});

Deno.test("more failures than may be fail; what a stall made fail, or hid, is unknown", () => {
  const up = (at: number) => at < 3000 || at > 3030;
  const expect = { failures: 1 };
  assertEquals(brief({ up, expect }), ["fail", "2 requests failed, allowed 1"]);
  assertEquals(brief({ up, expect: { failures: 2 } }), [
    "pass",
    "no answer for 60 ms, allowed 1,000 ms",
    "2 requests failed, allowed 2",
  ]);
  assertEquals(brief({ up: () => true, expect, stalls: [{ from: 3000, to: 3200 }] }), [
    "unknown",
    "the prober stood still for 200 ms, in which nothing was asked",
  ]);
  assertEquals(brief({ up, expect, stalls: [{ from: 3035, to: 3200 }] })[0], "fail");
  assertEquals(brief({ up, expect, stalls: [{ from: 3021, to: 3200 }] }), [
    "unknown",
    "2 requests failed while the prober stood still",
  ]);
});

Deno.test("a doubt makes unknown what passed, and what hosts recorded; not what is beyond doubt", () => {
  const doubts = ["nobody saw for 3,000 ms whether lb2 held the address"];
  const split = [held("lb1", 0, 2750), held("lb2", 2610, 9985)];
  assertEquals(brief({ doubts }), ["unknown", ...doubts]);
  assertEquals(brief({ doubts, holders: split }), [
    "unknown",
    ...doubts,
    "two hosts held the address for 140 ms, allowed 0 ms",
  ]);
  assertEquals(brief({ doubts, up: (at) => at < 2000 || at > 3220 }), [
    "fail",
    "no answer for 1,240 ms, allowed 1,000 ms",
    ...doubts,
  ]);
  assertEquals(brief({ doubts, failures: ["lb1 is not as it was: eth0 has lost a route"] }), [
    "fail",
    "lb1 is not as it was: eth0 has lost a route",
    ...doubts,
  ]);
});
