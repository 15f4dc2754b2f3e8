import { assertEquals } from "@std/assert";
import type { Verdict } from "../../src/model.ts";
import { worse } from "../../src/runner/gate.ts";

const holds: Verdict = { ok: true, message: "held by lb1" };
const broken: Verdict = { ok: false, message: "held by no host" };
const with_ = (...faults: readonly string[]): Verdict => ({
  ok: faults.length === 0,
  message: `${faults.length} wrong`,
  faults,
});

const CASES: Readonly<Record<string, readonly [Verdict, Verdict, readonly string[]]>> = {
  "finds nothing where all is well": [with_(), with_(), []],
  "finds each fault that is new": [with_("a"), with_("a", "b", "c"), ["b", "c"]],
  "lets a fault be that was there before": [with_("a", "b"), with_("b"), []],
  "takes a fault that came for one that went": [with_("a"), with_("b"), ["b"]],
  "takes a condition that held and says no faults for one without": [holds, with_("a"), ["a"]],
  "sees an excused fault that is new in a condition that holds": [
    with_(),
    { ...holds, faults: ["no answer from lb2"] },
    ["no answer from lb2"],
  ],
  "counts the message of a condition that names no faults": [holds, broken, ["held by no host"]],
  "does not count a message that only counts otherwise": [
    broken,
    { ok: false, message: "held by no host, backends 2/3" },
    [],
  ],
  "finds nothing in a condition that came true": [broken, holds, []],
};

for (const [name, [before, after, expected]] of Object.entries(CASES)) {
  Deno.test(`worse() ${name}`, () => assertEquals(worse(before, after), expected));
}
