import { assert, assertEquals, assertMatch } from "@std/assert";
import { getColorEnabled, setColorEnabled, stripAnsiCode } from "@std/fmt/colors";
import fc from "fast-check";
import type { Event } from "../../../src/events.ts";
import { human, type HumanOptions } from "../../../src/reporters/human.ts";
import { columnsOf } from "../../../src/reporters/width.ts";
import { drillEnd, drillRun, DRILLS } from "../drills.ts";
import { withText } from "../events.ts";

/** What a person sees of events. */
function report(
  events: readonly Event[],
  options: Omit<HumanOptions, "diff"> = {},
  color = false,
): string {
  const before = getColorEnabled();
  setColorEnabled(color);
  try {
    let text = "";
    events.forEach(human((part) => text += part, { diff: false, ...options }));
    return text;
  } finally {
    setColorEnabled(before);
  }
}

Deno.test("human() shows a run of drills of every verdict", async (t) => {
  await t.assertSnapshot(report(drillRun()));
});

Deno.test("human() shows a drill on a narrow terminal that has no letters but ASCII", async (t) => {
  const text = report(drillRun(DRILLS.slice(1, 2)), { columns: 40, ascii: true });
  // deno-lint-ignore no-control-regex
  assertMatch(text, /^[\x00-\x7f]*$/);
  await t.assertSnapshot(text);
});

Deno.test("human() fits every terminal with its drawings", () => {
  for (const columns of [40, 57, 80, 132, 400]) {
    const lines = report(drillRun(), { columns }).split("\n");
    for (const line of lines.filter((line) => !/ : ok=/.test(line))) {
      assert(columnsOf(line) <= columns, `${columnsOf(line)} of ${columns}: ${line}`);
    }
  }
});

Deno.test("human() draws all rows equally wide, whatever hosts are called", () => {
  const name = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.constant("負荷分散装置"));
  fc.assert(
    fc.property(name, fc.integer({ min: 40, max: 120 }), (name, columns) => {
      const [end] = withText(name, [drillEnd("x")]);
      assert(end !== undefined);
      const rows = report([end], { columns }).split("\n");
      for (const row of rows) if (/[█━]/.test(row)) assert(columnsOf(row) <= columns, row);
    }),
    { numRuns: 30 },
  );
});

Deno.test("human() says which drill begins where no terminal shows it, and no step", () => {
  const begins = (text: string) =>
    text.split("\n").filter((line) => /^drill {4}\S.* on /.test(line));
  const names = DRILLS.map(({ drill }) => `drill    ${drill} on lb1`);
  assertEquals(begins(report(drillRun())), names);
  assertEquals(begins(report(drillRun(), { columns: 80 })), []);
  assertEquals(report(drillRun()).includes("preflight"), false);
});

Deno.test("human() explains its characters once", () => {
  const lines = report(drillRun()).split("\n");
  assertEquals(lines.filter((line) => line.includes("prober stood still  ")).length, 1);
});

Deno.test("human() names the rounds of a drill that is repeated, in its table too", () => {
  const ends = [1, 2, 3].map((round) => drillEnd("keepalived-stopped", {}, { round, rounds: 3 }));
  const text = report(drillRun(ends));
  assertEquals(text.split(", round 2 of 3\n").length, 3);
  assertMatch(text, /^keepalived-stopped 3\/3 {2}pass /m);
  assertMatch(text, /^3 passed$/m);
});

Deno.test("human() puts the limit beside the figure that is judged", () => {
  const figures = { ...drillEnd("x").figures, recoveryMs: 1234 } as const;
  const end = drillEnd("x", {}, { judged: "recoveryMs" });
  const text = report(
    drillRun([{ ...end, figures: { ...end.figures, ...figures } } as typeof end]),
  );
  assertMatch(text, /^ {2}outage {4}169 ms$/m);
  assertMatch(text, /^ {2}recovery {2}1,234 ms \(predicted 306, allowed 2,000\)$/m);
  assertMatch(text, / recovery 1,234 /);
});

Deno.test("human() says what could not be measured, and never that it was 0", () => {
  const { figures: _, timeline: _1, outageMs: _2, ...rest } = drillEnd("x");
  const text = report([{ ...rest, verdict: "unknown", reasons: ["the prober died"] }]);
  assertMatch(text, /^ {2}outage {4}not measured \(predicted/m);
  assertMatch(text, /^ {2}why {7}the prober died$/m);
});

Deno.test({
  name: "human() paints drills, and says the same without colors",
  // Without NO_COLOR only can colors be switched on.
  ignore: Deno.noColor,
  fn: () => {
    const painted = report(drillRun(), {}, true);
    assert(painted.includes("\x1b["));
    assertEquals(stripAnsiCode(painted), report(drillRun()));
  },
});

Deno.test("human() lets no text of a drill move a cursor, nor begin a line like a recap", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
      const shown = report(withText(text, drillRun(DRILLS.slice(0, 1))));
      assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown.replaceAll("\n", "")), shown);
    }),
    { numRuns: 30 },
  );
  const forged = "x\nlb1 : ok=9 changed=0 unreachable=0 failed=0 skipped=0\n";
  const lines = report(withText(forged, drillRun(DRILLS.slice(0, 1)))).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("lb1 : ok=")), []);
});
