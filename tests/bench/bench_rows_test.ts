import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { leftOf, stagesOf } from "../../bench/plan.ts";
import { keyOf, readRows, rowText } from "../../bench/rows.ts";
import { ROWS, type Wish, wishOf } from "../../bench/wish.ts";
import { ROW } from "./row.ts";

const wish = (...words: string[]): Wish => {
  const found = wishOf(words);
  if (typeof found === "string") throw new Error(found);
  return found;
};

Deno.test("readRows() reads what rowText() writes, and passes over a line that was cut", () => {
  const rows = [ROW, { ...ROW, round: 2, roundTrips: [1, 1] }];
  const text = rows.map(rowText).join("");
  assertEquals(readRows(text).rows, rows);
  assertEquals(readRows(text.slice(0, -20)).rows, rows.slice(0, 1));
  assertThrows(() => readRows(`{"kind":"run"}\n${text}`), RangeError, "line 1");
  assertThrows(() => readRows(`no JSON\n`), RangeError, "no JSON");
});

Deno.test("stagesOf() lets every tool have its turn in each round, each round another one first", () => {
  const [two, ...more] = stagesOf(wish("--quick"));
  assertEquals(more, []);
  const of = (round: number) =>
    two?.runs.filter((run) =>
      run.round === round && run.scenario === "change" && run.look === "time"
    ).map(({ mode }) => mode);
  assertEquals(of(1), ["stock", "tuned", "mitogen", "holdfast"]);
  assertEquals(of(2), ["tuned", "mitogen", "holdfast", "stock"]);
  const beside = two?.runs.filter(({ mode, look }) => mode === "floor" && look === "time");
  assertEquals(beside?.map(({ scenario, round }) => `${scenario} ${round}`), [
    "converged 1",
    "converged 2",
  ]);
  const keys = two?.runs.map(keyOf) ?? [];
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("stagesOf() of everything has five rounds on 2 hosts and three on 20 and 100", () => {
  const counts = stagesOf(wish()).map(({ hosts, fresh, runs }) =>
    `${hosts} ${fresh} ${Math.max(...runs.map(({ round }) => round))}`
  );
  assertEquals(counts, ["2 false 5", "2 true 5", "20 false 3", "100 false 3"]);
  const [, , , hundred] = stagesOf(wish());
  const modes = new Set(hundred?.runs.map(({ mode }) => mode));
  assertEquals([...modes].toSorted(), ["floor", "holdfast", "source", "start"]);
});

Deno.test("leftOf() goes on where it was: what is kept is not made again, what failed is", () => {
  const [two] = stagesOf(wish("--quick"));
  if (two === undefined) throw new Error("no stage");
  const [first, second, third] = two.runs;
  if (first === undefined || second === undefined || third === undefined) throw new Error("short");
  const rows = [{ ...ROW, ...first }, { ...ROW, ...second, fault: "holdfast ended with 3" }];
  assertEquals(leftOf(two, rows), two.runs.slice(1));
  assertEquals(leftOf(two, two.runs.map((run) => ({ ...ROW, ...run }))), []);
});

Deno.test("wishOf() keeps rows of a quick look only where it is told to", () => {
  assertEquals(wish("--quick"), {
    rounds: { two: 2, first: 0, twenty: 0, hundred: 0 },
    page: false,
    only: "all",
  });
  assertEquals(wish("--quick", "--rows", "/tmp/x").rows, "/tmp/x");
  assertEquals(wish("--part", "first", "--part", "two", "--rounds", "3"), {
    rounds: { two: 3, first: 3, twenty: 0, hundred: 0 },
    rows: ROWS,
    page: true,
    only: "all",
  });
  assertEquals(wish("--page-only").only, "page");
});

Deno.test("wishOf() says what is wrong and how it is used", () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["--fast"], /^Cannot measure: no option --fast\nUsage: deno task bench/],
    [["--rounds"], /--rounds needs a value/],
    [["--rounds", "0"], /expected 1 to 99 rounds, not "0"/],
    [["--part", "ten"], /no part "ten"/],
    [["--quick", "--part", "two"], /--quick is a part of its own/],
  ];
  for (const [words, expected] of cases) {
    const found = wishOf(words);
    assertMatch(typeof found === "string" ? found : "accepted", expected);
  }
});
