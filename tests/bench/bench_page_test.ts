import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { chartText } from "../../bench/chart.ts";
import { figuresText } from "../../bench/page.ts";
import type { About, Mode, Row } from "../../bench/rows.ts";
import { overFloor, ratioOf, runsOf, spreadOf } from "../../bench/stats.ts";
import { targetsText } from "../../bench/targets.ts";
import { ROW } from "./row.ts";

const ABOUT: About = {
  kind: "about",
  at: Date.UTC(2026, 2, 1),
  versions: ["Holdfast 0.1.0", "ansible-core 2.14.18"],
  cores: 2,
  cpu: "Some CPU",
  memoryMb: 25_000,
  kernel: "6.1.0",
  arch: "x86_64",
};

/** Rounds of which the second is twice as slow for all. */
const times = (mode: Mode, ms: number, more: Partial<Row> = {}): readonly Row[] =>
  [1, 2, 3].map((round) => ({
    ...ROW,
    mode,
    round,
    wallMs: round === 2 ? 2 * ms : ms,
    ...(mode === "holdfast" ? { roundTrips: [1, 1] } : {}),
    ...more,
  }));

const FIRST: readonly Row[] = [
  ...times("holdfast", 7500, { scenario: "first" }),
  ...times("floor", 6000, { scenario: "first" }),
];

const ROWS: readonly Row[] = [
  ...times("stock", 8000),
  ...times("tuned", 7000),
  ...times("mitogen", 4800),
  ...times("holdfast", 500),
  ...times("floor", 250),
  ...times("start", 100),
];

Deno.test("spreadOf() is the middle, the least and the most", () => {
  assertEquals(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3, count: 3 });
  assertEquals(spreadOf([4, 1, 2, 3])?.median, 2.5);
  assertEquals(spreadOf([]), undefined);
});

Deno.test("ratioOf() compares within the same round alone", () => {
  const cell = { scenario: "converged", hosts: 2, mode: "tuned" } as const;
  assertEquals(ratioOf(ROWS, cell, "holdfast"), { median: 14, min: 14, max: 14, count: 3 });
  const cut = ROWS.filter(({ mode, round }) => mode !== "holdfast" || round === 1);
  assertEquals(ratioOf(cut, cell, "holdfast")?.count, 1);
  assertEquals(ratioOf([], cell, "holdfast"), undefined);
  const holdfast = { ...cell, mode: "holdfast" } as const;
  assertEquals(overFloor(ROWS, holdfast), { median: 1.6, min: 1.6, max: 1.6, count: 3 });
});

Deno.test("a run with a fault counts for nothing", () => {
  const rows = [...times("stock", 8000), { ...ROW, mode: "stock", wallMs: 1, fault: "x" } as Row];
  assertEquals(runsOf(rows, { scenario: "converged", hosts: 2, mode: "stock" }).length, 3);
});

Deno.test("targetsText() says of each aim whether it is held, or that nobody knows", () => {
  const lines = targetsText(ROWS).split("\n").slice(2);
  const cells = lines.map((line) => line.split("|").map((cell) => cell.trim()).slice(2, -1));
  assertEquals(cells, [
    ["at most 1.5", "1.6", "no"],
    ["at least 15", "14", "no"],
    ["at least 9", "9.6", "yes"],
    ["at least 20", "-", "not measured"],
    ["at least 10", "-", "not measured"],
    ["at most 2", "-", "not measured"],
    ["at most 1", "1", "yes"],
    ["at most 2.4", "-", "not measured"],
  ]);
  const peak = (hosts: number, peakMb: number): Row => ({
    ...ROW,
    hosts,
    mode: "holdfast",
    look: "memory",
    peakMb,
  });
  const held = targetsText([peak(2, 100), peak(100, 296)]).split("\n").at(-1);
  assertEquals(held?.endsWith("| at most 2.4 | 2 | yes |"), true, held);
});

Deno.test("targetsText() compares a first deploy with the package manager of the same round", () => {
  const line = targetsText(FIRST).split("\n").find((it) => it.includes("package manager")) ?? "";
  // 1.5 s, and 3 s in the slow round.
  assertMatch(line, /\| at most 2 \| 1\.5 \| yes \|$/);
});

Deno.test("figuresText() has the spread of every cell, and names what was not run", () => {
  const text = figuresText(ABOUT, [
    ...ROWS,
    { ...ROW, look: "memory", peakMb: 96.4, processes: 3 },
    {
      ...ROW,
      look: "traffic",
      connections: 2,
      turns: 21,
      bytesUp: 30_000,
      bytesDown: 12_000,
      roundTrips: [1, 1],
    },
  ]);
  assertMatch(
    text,
    /^Measured on 2026-03-01, .*: 2 cores \(Some CPU, x86_64\), 25 GB, Linux 6\.1\.0/,
  );
  assertStringIncludes(text, "Versions: Holdfast 0.1.0, ansible-core 2.14.18.");
  assertStringIncludes(text, "| converged | 2 | 8.00 (8.00 - 16.00) | 7.00 (7.00 - 14.00) |");
  assertStringIncludes(text, "| converged | 2 | 16.0 (16.0 - 16.0) | 14.0 (14.0 - 14.0) |");
  assertStringIncludes(text, "| 2 | Holdfast | 96 | 3 |");
  assertStringIncludes(text, "| 2 | Holdfast | 1 | 10.5 | 15.0 | 6.0 | 1 |");
  assertStringIncludes(text, "| converged | 2 | 3 of 5 | 3 of 5 | 3 of 5 | 3 of 5 |");
  assertStringIncludes(text, "| first deploy | 2 | not run |");
  assertStringIncludes(text, "| converged | 100 | - | - | - | not run | not run |");
  // Only what has figures has a line of figures.
  assertEquals(text.match(/^\| first deploy \|/gm)?.length, 1);
});

Deno.test("chartText() draws a bar for each that was measured, and nothing that was not", () => {
  const text = chartText(ROWS);
  assertMatch(text, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 760 \d+"/);
  assertEquals(text.match(/<rect x=/g)?.length, 5);
  assertStringIncludes(text, ">converged, 2 hosts</text>");
  assertStringIncludes(text, ">0.50 s</text>");
  assert(!text.includes("NaN") && !text.includes("first deploy"));
  const width = (mode: number) =>
    Number([...text.matchAll(/<rect x="130" y="[\d.]+" width="([\d.]+)"/g)][mode]?.[1]);
  assertEquals(Math.round(width(0) / width(3)), 16);
  assertMatch(chartText([]), /^<svg .*<\/svg>\n$/);
});
