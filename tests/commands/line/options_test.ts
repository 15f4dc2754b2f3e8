import { assertEquals, assertThrows } from "@std/assert";
import type { ExplainFlags } from "../../../src/commands/explain.ts";
import type { InventoryFlags } from "../../../src/commands/inventory.ts";
import {
  batchSizes,
  count,
  milliseconds,
  percentage,
  reportFiles,
} from "../../../src/commands/line/options.ts";
import { makeProgram } from "../../../src/commands/program.ts";
import type { HistoryFlags } from "../../../src/commands/history.ts";
import type { RedrawFlags } from "../../../src/commands/redraw.ts";
import type { RollbackFlags } from "../../../src/commands/rollback.ts";
import type { LintFlags } from "../../../src/commands/lint/lint.ts";
import type { RenderFlags } from "../../../src/commands/render.ts";
import type { ApplyFlags } from "../../../src/commands/placement/apply.ts";
import type { SimulateFlags } from "../../../src/commands/simulate.ts";
import type { DrillFlags } from "../../../src/commands/drill.ts";
import type { RunFlags } from "../../../src/commands/run.ts";

const RUN = [
  "limit",
  "shard",
  "tags",
  "skipTags",
  "startAtTask",
  "listHosts",
  "listTasks",
  "listTags",
  "user",
  "become",
  "askBecomePass",
  "forks",
  "extraVars",
  "play",
  "json",
  "report",
] as const satisfies (keyof RunFlags)[];

/** Flags as the code of each command knows them; the compiler holds these against its types. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  apply: [
    "check",
    "diff",
    "step",
    "skipPreflight",
    "serial",
    "maxFailPercentage",
    ...RUN,
    "lockTimeout",
  ] satisfies (keyof RunFlags)[],
  check: ["out", "skipPreflight", "check", "diff", ...RUN] satisfies (keyof RunFlags)[],
  verify: ["wait", ...RUN],
  drill: [
    "list",
    "profileSuite",
    "maxOutage",
    "repeat",
    "retries",
    "yes",
    "drill",
    "compare",
    "user",
    "become",
    "askBecomePass",
    "extraVars",
    "json",
    "report",
    "lockTimeout",
  ] satisfies (keyof DrillFlags)[],
  rollback: [
    "to",
    "check",
    "diff",
    "limit",
    "user",
    "become",
    "askBecomePass",
    "forks",
    "extraVars",
    "lockTimeout",
    "json",
    "report",
  ] satisfies (keyof RollbackFlags)[],
  history: [
    "limit",
    "user",
    "become",
    "askBecomePass",
    "forks",
    "extraVars",
    "json",
  ] satisfies (keyof HistoryFlags)[],
  // --html is --report html:FILE in other words, and does not reach the code.
  report: [...["diff", "report"] satisfies (keyof RedrawFlags)[], "html", "json"],
  lint: [
    "keepalived",
    "haproxy",
    "script",
    "unit",
    "system",
    "haproxyVersion",
    "keepalivedVersion",
    "slo",
    "ignore",
    "strict",
    "list",
    "explain",
    "extraVars",
    "json",
    "report",
  ] satisfies (keyof LintFlags)[],
  render: ["out", "limit", "extraVars"] satisfies (keyof RenderFlags)[],
  simulate: [
    "externalEtcd",
    "strict",
    "placement",
    "json",
    "limit",
    "extraVars",
  ] satisfies (keyof SimulateFlags)[],
  placement: [
    "diff",
    "check",
    "wait",
    "prune",
    "takeOver",
    "extraVars",
    "json",
  ] satisfies (keyof ApplyFlags)[],
  inventory: [
    "list",
    "host",
    "graph",
    "vars",
    "limit",
    "extraVars",
  ] satisfies (keyof InventoryFlags)[],
  explain: ["json", "extraVars"] satisfies (keyof ExplainFlags)[],
};

Deno.test("every option has the name that the code of its command reads", () => {
  const io = { out: () => {}, err: () => {} };
  const { commands } = makeProgram(() => Promise.resolve(), io);
  const taking = commands.filter(({ options }) => options.length > 0);
  assertEquals(
    Object.fromEntries(
      taking.map((it) => [it.name(), it.options.map((option) => option.attributeName())]),
    ),
    Object.fromEntries(Object.entries(FLAGS).map(([name, flags]) => [name, [...flags]])),
  );
});

Deno.test("count() takes whole numbers from 1", () => {
  assertEquals(count("12"), 12);
  for (const text of ["0", "-1", "1.5", "1e3", "x", "", " 1", "99999999999999999999"]) {
    assertThrows(() => count(text), Error, "expected a whole number from 1");
  }
});

Deno.test("milliseconds() takes times with a unit, and seconds without", () => {
  assertEquals(["500ms", "10s", "1.5", "2m"].map(milliseconds), [500, 10_000, 1500, 120_000]);
  for (const text of ["soon", "", "-1s", "1h"]) {
    assertThrows(() => milliseconds(text), Error, "expected a time such as 10s or 500ms");
  }
});

Deno.test("batchSizes() takes numbers of endpoints, shares of them, and lists of both", () => {
  assertEquals(batchSizes("2"), [{ count: 2 }]);
  assertEquals(batchSizes("1, 25%,100%"), [{ count: 1 }, { percent: 25 }, { percent: 100 }]);
  for (const text of ["", "0", "-1", "0%", "101%", "1,,2", "1;2", "1.5", "x", "9999999999"]) {
    assertThrows(() => batchSizes(text), Error, "expected endpoints in a batch, such as 2 or 25%");
  }
});

Deno.test("percentage() takes whole percentages", () => {
  assertEquals(["0", "10", "100%"].map(percentage), [0, 10, 100]);
  for (const text of ["", "%", "-1", "101", "1.5", "x", " 1"]) {
    assertThrows(() => percentage(text), Error, "expected a percentage from 0 to 100");
  }
});

Deno.test("reportFiles() names what reports write to", () => {
  assertEquals(reportFiles(["github", "junit:a.xml", "jsonl:b:c", "junit:", "jsonl:a,b"]), [
    "a.xml",
    "b:c",
  ]);
});
