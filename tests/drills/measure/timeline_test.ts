import { assert, assertEquals, assertMatch } from "@std/assert";
import type { HostRecord, ProbeRecord } from "../../../src/drills/model.ts";
import { buildTimeline, type TimelineInput } from "../../../src/drills/measure/timeline.ts";
import {
  ADDRESS,
  CLOCK,
  type Clock,
  exchange,
  mark,
  recordOf,
  requestsOf,
  spoolOf,
} from "./helpers.ts";

const PROBE: ProbeRecord = { requests: requestsOf(() => true), stalls: [], watch: [] };
const FAULT = mark(2000, "fault", "lb1");
const HEAL = mark(8000, "heal", "lb1");

function build(hosts: readonly HostRecord[], rest: Partial<TimelineInput> = {}) {
  return buildTimeline({
    probe: PROBE,
    hosts,
    marks: [FAULT, HEAL],
    address: ADDRESS,
    intervalMs: 20,
    zero: 0,
    startedAt: 1_795_000_000_000,
    end: 30_000,
    ...rest,
  });
}

/** Spans of holders, to whole milliseconds. */
const spans = ({ timeline }: ReturnType<typeof build>) =>
  timeline.holders.map(({ host, from, to }) => [host, Math.round(from), Math.round(to)]);

const lb1 = recordOf("lb1", {
  from: -1000,
  to: 12_000,
  holds: true,
  seen: [{ at: 2100, held: false }, { at: 9000, held: true }],
});
/** Its clock is a day and a half behind. */
const BEHIND: Clock = { wall: CLOCK.wall - 129_600_000, uptime: 5_000 };
const lb2 = recordOf("lb2", {
  from: -1000,
  to: 12_000,
  holds: false,
  seen: [{ at: 2700, held: true }, { at: 9100, held: false }],
}, BEHIND);

Deno.test("buildTimeline puts hosts of different clocks on one", () => {
  const built = build([lb1, lb2]);
  assertEquals(built.doubts, []);
  assertEquals(spans(built), [
    ["lb1", 0, 2100],
    ["lb2", 2700, 9100],
    ["lb1", 9000, 9985],
  ]);
  assertEquals(built.timeline.dark, []);
  for (const { uncertaintyMs } of built.timeline.holders) {
    assert(uncertaintyMs >= 1 && uncertaintyMs < 4, `${uncertaintyMs}`);
  }
});

Deno.test("buildTimeline counts from zero, to tenths, and ends with the last that was seen", () => {
  const { timeline } = build([lb1, lb2], {
    probe: {
      requests: [
        { at: 1040.061, ms: 3.449, kind: "refused" },
        { at: 1000.0, ms: 5, kind: "ok" },
        { at: 1020.019, ms: 4, kind: "refused" },
      ],
      stalls: [{ from: 1021.11, to: 1039.99 }],
      watch: [{ from: 1000, to: 1030.26, end: "reset", silentMs: 12.04 }],
    },
    marks: [{ at: 1050.17, kind: "fault", text: "stop" }],
    zero: 1000,
    end: 30_000,
  });
  assertEquals(timeline.requests, {
    kinds: ["ok", "refused"],
    at: [0, 20, 40.1],
    ms: [5, 4, 3.4],
    kind: [0, 1, 1],
  });
  assertEquals(timeline.stalls, [{ from: 21.1, to: 40 }]);
  assertEquals(timeline.watch, [{ from: 0, to: 30.3, end: "reset", silentMs: 12 }]);
  assertEquals(timeline.marks.map(({ at }) => at), [50.2]);
  assertEquals(timeline.ms, 50.2);
});

Deno.test("a prober that sent nothing stood still, whether it knows or not", () => {
  const requests = PROBE.requests.filter(({ at }) => at < 4000 || at >= 4500);
  assertEquals(build([lb1], { probe: { ...PROBE, requests } }).timeline.stalls, [
    { from: 4000, to: 4500 },
  ]);
  // What it knows and what is seen are one.
  const stalls = [{ from: 3990, to: 4450 }];
  assertEquals(build([lb1], { probe: { ...PROBE, requests, stalls } }).timeline.stalls, [
    { from: 3990, to: 4500 },
  ]);
});

Deno.test("an endpoint that was not well before the fault makes everything doubtful", () => {
  const some = requestsOf((at) => at < 1000 || at > 1030);
  assertEquals(build([lb1, lb2], { probe: { ...PROBE, requests: some } }).doubts, [
    "2 requests failed before anything was broken",
  ]);
  const none = requestsOf((at) => at > 2500);
  assertEquals(build([lb1, lb2], { probe: { ...PROBE, requests: none } }).doubts, [
    "nothing was answered before anything was broken",
  ]);
  assertEquals(build([lb1, lb2], { probe: { ...PROBE, requests: [] } }).doubts, [
    "nothing was asked",
  ]);
});

Deno.test("a host that was powered off held nothing then, and is no doubt", () => {
  const after: Clock = { wall: CLOCK.wall, uptime: -5500 };
  const record: HostRecord = {
    host: "lb1",
    // Its last second was not on its disk yet.
    spool: spoolOf(CLOCK, { from: -1000, to: 1200, holds: true }) +
      spoolOf(after, {
        from: 7000,
        to: 12_000,
        holds: false,
        boot: "b-2",
        seen: [{ at: 9000, held: true }],
      }),
    clock: [exchange(CLOCK, -900), exchange(after, 11_000)],
    off: [{ from: 2000, to: 5500 }],
  };
  const built = build([record, lb2]);
  assertEquals(built.doubts, []);
  // Up to the fault it is what was last seen of it.
  assertEquals(spans(built), [
    ["lb1", 0, 2000],
    ["lb2", 2700, 9100],
    ["lb1", 9000, 9985],
  ]);
  assertEquals(built.timeline.dark.map(({ host, from, to }) => [host, from, Math.round(to)]), [
    ["lb1", 2000, 7000],
  ]);
});

Deno.test("a host that did not come back was off to the end", () => {
  const record = { ...recordOf("lb1", { from: -1000, to: 1800, holds: true }) };
  const built = build([{ ...record, off: [{ from: 2000, to: 30_000 }] }, lb2]);
  assertEquals(built.doubts, []);
  assertEquals(spans(built)[0], ["lb1", 0, 2000]);
});

Deno.test("a host that was rebooted by the drill is dark, and no doubt; by itself it is one", () => {
  const after: Clock = { wall: CLOCK.wall, uptime: -4000 };
  const record: HostRecord = {
    host: "lb1",
    spool: spoolOf(CLOCK, {
      from: -1000,
      to: 2500,
      holds: true,
      seen: [{ at: 2100, held: false }],
      ends: true,
    }) + spoolOf(after, { from: 6000, to: 12_000, holds: false, boot: "b-2" }),
    clock: [exchange(CLOCK, -900), exchange(after, 11_000)],
    off: [],
  };
  const built = build([record, lb2]);
  assertEquals(built.doubts, []);
  assertEquals(built.timeline.dark.map(({ from, to }) => [Math.round(from), Math.round(to)]), [
    [2500, 6000],
  ]);
  const alone = build([{ ...record, host: "lb3" }, lb2]);
  assertEquals(alone.doubts, ["nobody saw for 3,500 ms whether lb3 held the address"]);
});

Deno.test("a sampler that died is a doubt, and its host claims nothing meanwhile", () => {
  const record = recordOf("lb1", { from: -1000, to: 3000, holds: true });
  const again = spoolOf(CLOCK, { from: 6000, to: 12_000, holds: true });
  const built = build([{ ...record, spool: record.spool + again }]);
  assertEquals(built.doubts, ["nobody saw for 3,000 ms whether lb1 held the address"]);
  assertEquals(spans(built), [["lb1", 0, 3000], ["lb1", 6001, 9985]]);
});

Deno.test("a sampler that began again at once lost nothing", () => {
  const record = recordOf("lb1", { from: -1000, to: 3000, holds: true });
  const again = spoolOf(CLOCK, { from: 3200, to: 12_000, holds: true });
  assertEquals(build([{ ...record, spool: record.spool + again }]).doubts, []);
});

Deno.test("what a host last wrote is how it stands, when the spool was fetched a little before", () => {
  // The address went with the very last line.
  const record = recordOf("lb1", { from: -1000, to: 9000, holds: true });
  const gone = recordOf("lb1", {
    from: -1000,
    to: 9000,
    holds: true,
    seen: [{ at: 9000, held: false }],
  });
  assertEquals(spans(build([record])), [["lb1", 0, 9985]]);
  assertEquals(spans(build([gone])), [["lb1", 0, 9000]]);
  const silent = recordOf("lb1", { from: -1000, to: 5000, holds: true });
  assertEquals(build([silent]).doubts, ["nobody saw for 4,985 ms whether lb1 held the address"]);
});

Deno.test("a record that is lost, broken or cannot be placed is a doubt", () => {
  const empty: HostRecord = { host: "lb1", spool: "", clock: lb1.clock, off: [] };
  assertEquals(build([empty]).doubts, [
    "lb1 recorded nothing",
    "nobody saw for 9,985 ms whether lb1 held the address",
  ]);
  const broken = { ...lb1, spool: lb1.spool.replace(/addr \[/, "addr <") };
  assertEquals(build([broken]).doubts, ["1 line of what lb1 recorded means nothing"]);
  assertMatch(build([{ ...lb1, clock: [] }]).doubts[0] ?? "", /cannot be placed in time/);
  const slow = { ...lb1, clock: [exchange(CLOCK, -900, 5, 300)] };
  assertMatch(build([slow]).doubts.join(), /^moments of lb1 are known to ±\d+ ms only$/);
});

Deno.test("API servers in use are told as they change, and how they stood at the beginning", () => {
  const record = recordOf("lb1", {
    from: -1000,
    to: 12_000,
    holds: true,
    seen: [
      { at: -900, up: 0 },
      { at: -600, up: 3 },
      { at: 3000, up: 2 },
      { at: 3300, up: 2 },
      { at: 8000, up: 3 },
      { at: 11_000, up: 1 },
    ],
  });
  const told = build([record]).timeline.backends;
  assertEquals(told.map(({ at, host, up }) => [Math.round(at), host, up]), [
    [0, "lb1", 3],
    [3000, "lb1", 2],
    [8000, "lb1", 3],
  ]);
});

Deno.test("an address that went and came stays, where the clock was set beside it", () => {
  const clock: Clock = { ...CLOCK, step: { at: 3000, by: 400 } };
  const record = recordOf("lb1", {
    from: -1000,
    to: 12_000,
    holds: true,
    seen: [{ at: 3689, held: false }, { at: 3698, held: true }],
  }, clock);
  const last = build([record]).timeline.holders.at(-1);
  assertEquals([last?.host, last?.to], ["lb1", 9985]);
});
