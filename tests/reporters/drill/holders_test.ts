import { assertEquals } from "@std/assert";
import { heldBy, holdersText, hostsOf } from "../../../src/reporters/drill/holders.ts";
import { drillEnd, FAULT_AT, timeline } from "../drills.ts";

Deno.test("holdersText() says where the address went, counted from the fault", () => {
  assertEquals(
    holdersText(drillEnd("x")),
    "lb1 -> lb2 after 160 ms -> lb1 after 6,403 ms, nobody for 64 ms, never two",
  );
  assertEquals(
    holdersText(drillEnd("x", { takeoverMs: 480, twoMs: 5000 })),
    "lb1 -> lb2 after 480 ms -> lb1 after 6,403 ms, nobody for 3 ms, two for 5,000 ms",
  );
});

Deno.test("holdersText() says that it stayed, and counts many moves", () => {
  const seen = timeline();
  const one = { host: "lb1", from: 0, to: seen.ms, uncertaintyMs: 1 };
  const still = drillEnd("x", {}, { timeline: { ...seen, holders: [one] } });
  assertEquals(holdersText(still), "lb1 all the time, nobody for 64 ms, never two");
  const holders = Array.from({ length: 8 }, (_, i) => ({
    host: i % 2 === 0 ? "lb1" : "lb2",
    from: FAULT_AT - 500 + i * 1000,
    to: FAULT_AT + 500 + i * 1000,
    uncertaintyMs: 1,
  }));
  const text = holdersText(drillEnd("x", {}, { timeline: { ...seen, holders } }));
  assertEquals(text?.split(" -> ").length, 5);
  assertEquals(text?.includes("then 3 more moves"), true);
});

Deno.test("holdersText() says nothing that nobody saw", () => {
  const { figures: _, timeline: _1, ...bare } = drillEnd("x");
  assertEquals(holdersText(bare), undefined);
  const figures = { requests: 1, failures: 0, failureKinds: {}, stalledMs: 0, moves: 2 };
  assertEquals(holdersText({ ...bare, figures }), "moved 2 times");
});

Deno.test("heldBy() finds where nobody or several held it, and never where a host was unseen", () => {
  const seen = timeline();
  const gap = { from: FAULT_AT + 99, to: FAULT_AT + 160 };
  const back = { from: FAULT_AT + 6400, to: FAULT_AT + 6403 };
  assertEquals(heldBy(seen, "nobody"), [gap, back]);
  assertEquals(heldBy(seen, "several"), []);
  const dark = [{ host: "lb3", from: FAULT_AT, to: FAULT_AT + 1000 }];
  assertEquals(heldBy({ ...seen, dark }, "nobody"), [back]);
  const split = timeline({ takeoverMs: 480, twoMs: 5000 });
  assertEquals(heldBy(split, "several"), [{ from: FAULT_AT + 480, to: FAULT_AT + 5480 }]);
  assertEquals(heldBy({ ...seen, holders: [] }, "nobody"), []);
});

Deno.test("hostsOf() names the first holder first, and every host once", () => {
  assertEquals(hostsOf(timeline()), ["lb1", "lb2", "lb3"]);
});
