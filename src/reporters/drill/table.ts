/**
 * All drills of a run, one line each.
 * @module
 */
import { bold, dim } from "@std/fmt/colors";
import { printableLine } from "../../terminal.ts";
import { columnsOf, fit } from "../width.ts";
import { VERDICT_PAINT } from "./block.ts";
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
  const measured = figure(judgedMs(end));
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
type Column = keyof typeof HEAD;
/** What a narrow terminal does without, the least important first. */
const SPARED: readonly Column[] = ["failed", "holders", "predicted", "allowed"];
const LEAST_NAME = 12;

/** A table of drills that fits the terminal, and how many came out how. */
export function drillTable(ends: readonly DrillEnd[], columns: number): string {
  const rows = ends.map((end) => ({ ...drillRow(end), name: printableLine(drillRow(end).name) }));
  const lines = [HEAD, ...rows];
  const wanted = (column: Column) => Math.max(...lines.map((line) => columnsOf(line[column])));
  const shown = (Object.keys(HEAD) as Column[]).slice();
  const width = () =>
    shown.reduce((sum, it) => sum + 2 + (it === "name" ? LEAST_NAME : wanted(it)), -2);
  for (const column of SPARED) if (width() > columns) shown.splice(shown.indexOf(column), 1);
  const rest = width() - LEAST_NAME;
  const name = Math.max(LEAST_NAME, Math.min(wanted("name"), columns - rest));
  const text = (line: Record<Column, string>, column: Column) => {
    if (column === "name") return fit(line.name, name);
    if (column === "verdict") return line.verdict.padEnd(wanted("verdict"));
    return line[column].padStart(wanted(column));
  };
  const head = bold(shown.map((column) => text(HEAD, column)).join("  "));
  const body = rows.map((row) => {
    const paint = VERDICT_PAINT[row.verdict];
    const cells = shown.map((column) =>
      column === "verdict" ? paint(text(row, column)) : text(row, column)
    );
    return cells.join("  ");
  });
  return [head, ...body, dim(verdictCounts(ends))].map((line) => `${line}\n`).join("");
}
