/**
 * All drills of a run, one line each.
 * @module
 */
import { dim } from "@std/fmt/colors";
import { printableLine } from "../../terminal.ts";
import { VERDICT_PAINT } from "./block.ts";
import { tableLines } from "./columns.ts";
import { figureName, judgedMs } from "./facts.ts";
import { type DrillEnd, number, verdictCounts } from "./units.ts";

/** What stands in the columns of a drill. */
export interface DrillRow {
  /** Name, with its round where there are several. */
  readonly name: string;
  /** How it ended. */
  readonly verdict: DrillEnd["verdict"];
  /** The figure that is held against the limit, with its name where it is not the outage. */
  readonly measured: string;
  /** Computed from the configuration. */
  readonly predicted: string;
  /** Most that is allowed. */
  readonly allowed: string;
  /** Failed requests. */
  readonly failed: string;
  /** Most hosts that held the address at once. */
  readonly holders: string;
}

/** A drill as a row: times in milliseconds without their unit, `-` for what could not be had. */
export function drillRow(end: DrillEnd): DrillRow {
  const { drill, round, rounds, verdict, predictedMs, limitMs, maxHolders } = end;
  const figure = (value: number | undefined) => value === undefined ? "-" : number(value);
  // A figure that cannot be trusted is none.
  const measured = verdict === "unknown" ? "-" : figure(judgedMs(end));
  const judged = end.judged ?? "outageMs";
  return {
    name: rounds > 1 ? `${drill} ${round}/${rounds}` : drill,
    verdict,
    measured: judged === "outageMs" || measured === "-"
      ? measured
      : `${figureName(judged)} ${measured}`,
    predicted: figure(predictedMs),
    allowed: figure(limitMs),
    failed: verdict === "skipped" ? "-" : number(end.failures),
    holders: figure(end.figures?.maxHolders ?? maxHolders),
  };
}

const HEAD = {
  name: "drill",
  verdict: "verdict",
  measured: "outage ms",
  predicted: "predicted",
  allowed: "allowed",
  failed: "failed",
  holders: "holders",
};

/** A table of drills that fits the terminal, and how many came out how. */
export function drillTable(ends: readonly DrillEnd[], columns: number): string {
  const rows = ends.map((end) => {
    const row = drillRow(end);
    return { ...row, name: printableLine(row.name) };
  });
  const lines = tableLines<keyof DrillRow>(rows, {
    head: HEAD,
    numbers: ["measured", "predicted", "allowed", "failed", "holders"],
    spared: ["failed", "holders", "predicted", "allowed"],
    columns,
    paint: (row, column, cell) =>
      column === "verdict" ? VERDICT_PAINT[row.verdict as DrillRow["verdict"]](cell) : cell,
  });
  return [...lines, dim(verdictCounts(ends))].map((line) => `${line}\n`).join("");
}
