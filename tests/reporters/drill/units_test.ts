import { assertEquals } from "@std/assert";
import type { Mark } from "../../../src/events.ts";
import { markText, moment, roundOf, verdictCounts } from "../../../src/reporters/drill/units.ts";

Deno.test("markText() names the host once", () => {
  const mark: Mark = { at: 0, kind: "fault", text: "stop keepalived", host: "lb1" };
  assertEquals(markText(mark), "stop keepalived on lb1");
  assertEquals(markText({ ...mark, text: "heal lb1" }), "heal lb1");
  assertEquals(markText({ ...mark, text: "heal lb10" }), "heal lb10 on lb1");
  assertEquals(markText({ at: 0, kind: "steady", text: "steady" }), "steady");
});

Deno.test("moment() has a sign, roundOf() speaks only of several, verdictCounts() of what occurred", () => {
  assertEquals([moment(-1390), moment(0), moment(61_234)], ["-1.39 s", "+0.00 s", "+61.23 s"]);
  assertEquals([roundOf({ round: 1, rounds: 1 }), roundOf({ round: 2, rounds: 3 })], [
    "",
    "round 2 of 3",
  ]);
  assertEquals(
    verdictCounts([{ verdict: "fail" }, { verdict: "pass" }, { verdict: "fail" }]),
    "1 passed, 2 failed",
  );
  assertEquals(verdictCounts([]), "no drill ended");
});
