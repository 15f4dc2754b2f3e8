import { assert, assertEquals } from "@std/assert";
import type { Timeline } from "../../../src/events.ts";
import { outageSpan, requestsOf, sliceStates } from "../../../src/reporters/drill/requests.ts";
import { drillEnd, FAULT_AT, timeline } from "../drills.ts";

function withRequests(list: readonly (readonly [at: number, kind: string])[]): Timeline {
  const kinds = ["ok", "refused"];
  return {
    ...timeline(),
    intervalMs: 10,
    requests: {
      kinds,
      at: list.map(([at]) => at),
      ms: list.map(() => 1),
      kind: list.map(([, kind]) => kinds.indexOf(kind)),
    },
  };
}

Deno.test("sliceStates() tells every way in which a slice can go", () => {
  const seen = withRequests([[5, "ok"], [105, "ok"], [115, "refused"], [205, "refused"]]);
  const stalled = { ...seen, stalls: [{ from: 310, to: 390 }] };
  assertEquals(
    sliceStates(stalled, { from: 0, to: 500 }, 5),
    ["answered", "some", "none", "stalled", "quiet"],
  );
});

Deno.test("sliceStates() fills slices that are narrower than the interval", () => {
  const list = Array.from({ length: 50 }, (_, i) => [i * 10, i < 25 ? "ok" : "refused"] as const);
  const states = sliceStates(withRequests(list), { from: 0, to: 490 }, 245);
  assertEquals(states.filter((state) => state === "quiet"), []);
  assertEquals([states[0], states.at(-1)], ["answered", "none"]);
});

Deno.test("requestsOf() leaves out what a broken file has cut short", () => {
  const seen = timeline();
  const requests = { kinds: ["ok"], at: [1, 2, 3], ms: [1, 2], kind: [0, 9, 0] };
  assertEquals(requestsOf({ ...seen, requests }), [{ at: 1, ms: 1, kind: "ok" }]);
});

Deno.test("outageSpan() finds the outage of the figure, and shows no other", () => {
  const end = drillEnd("x", { takeoverMs: 480 });
  const span = outageSpan(timeline({ takeoverMs: 480 }), end.outageMs);
  assert(span !== undefined);
  assert(span.from <= FAULT_AT + 10 && span.to >= FAULT_AT + 480, JSON.stringify(span));
  assert(Math.abs(span.to - span.from - (end.outageMs ?? 0)) <= 1);
  assertEquals(outageSpan(timeline(), 5555), undefined);
  assertEquals(outageSpan(timeline(), 0), undefined);
  assertEquals(outageSpan(timeline(), undefined), undefined);
});
