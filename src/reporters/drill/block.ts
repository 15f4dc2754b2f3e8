/**
 * A drill that has ended, as lines for a person.
 * @module
 */
import { bold, cyan, dim, green, red, yellow } from "@std/fmt/colors";
import type { DrillVerdict, EventOf } from "../../events.ts";
import { printableLine } from "../../terminal.ts";
import { hang } from "../fold.ts";
import { columnsOf, fit } from "../width.ts";
import { factsOf } from "./facts.ts";
import { legend, type TextRow, textTimeline } from "./text_timeline.ts";
import { type DrillEnd, roundOf } from "./units.ts";

/** What the lines of drills have in common. */
export interface BlockOptions {
  /** Width of the terminal; unset: a pipe. */
  readonly columns: number;
  /** Only characters of ASCII in drawings. */
  readonly ascii: boolean;
}

type Paint = (text: string) => string;

/** Colors of the verdicts. */
export const VERDICT_PAINT: Readonly<Record<DrillVerdict, Paint>> = {
  pass: green,
  fail: red,
  unknown: yellow,
  skipped: cyan,
};

/** Width of a drawing where no terminal has one. */
const PIPE_COLUMNS = 100;
/** A wider drawing is no easier to read. */
const MOST_COLUMNS = 160;
const VERDICT_COLUMNS = 9;
const INDENT = "  ";

/** A line that says which drill begins. */
export function beginning(event: EventOf<"drill-start">, { columns }: BlockOptions): string {
  const { drill, targets } = event;
  const word = "drill".padEnd(VERDICT_COLUMNS);
  const round = roundOf(event);
  const about = [on(drill, targets), ...round === "" ? [] : [round]].join(", ");
  return `${dim(hang(word, printableLine(about), { indent: VERDICT_COLUMNS, columns }))}\n`;
}

/** Verdict, figures, reasons and timeline of a drill. */
export function block(
  end: DrillEnd,
  { columns, ascii, explained }: BlockOptions & { readonly explained: boolean },
): string {
  return [
    headOf(end, columns),
    ...factsOf(end).map(({ name, text }) => row(name, text, columns)),
    ...end.reasons.map((reason) => row("why", reason, columns)),
    drawingOf(end, { columns, ascii, explained }),
  ].join("");
}

function headOf(end: DrillEnd, columns: number): string {
  const { verdict, drill, targets, title } = end;
  const word = verdict.padEnd(VERDICT_COLUMNS);
  const round = roundOf(end);
  const about = `${on(drill, targets)}: ${title}${round === "" ? "" : `, ${round}`}`;
  const lines = hang(word, printableLine(about), { indent: VERDICT_COLUMNS, columns });
  return `${VERDICT_PAINT[verdict](bold(verdict))}${lines.slice(verdict.length)}\n`;
}

function on(drill: string, targets: readonly string[]): string {
  return targets.length === 0 ? drill : `${drill} on ${targets.join(", ")}`;
}

function row(name: string, text: string, columns: number): string {
  const head = `${INDENT}${name.padEnd(VERDICT_COLUMNS)} `;
  const lines = hang(head, printableLine(text), { indent: 4, columns });
  return `${INDENT}${dim(name)}${lines.slice(INDENT.length + name.length)}\n`;
}

function drawingOf(
  { timeline }: DrillEnd,
  { columns, ascii, explained }: BlockOptions & { readonly explained: boolean },
): string {
  if (timeline === undefined) return "";
  const width = Math.min(columns === Infinity ? PIPE_COLUMNS : columns, MOST_COLUMNS);
  const room = width - INDENT.length;
  const { head, rows, marks } = textTimeline(timeline, { columns: room, ascii });
  const label = Math.max(...rows.map((row) => columnsOf(row.label)));
  const folded = (text: string) => hang(INDENT, text, { indent: 4, columns });
  return [
    "\n",
    `${dim(folded(head))}\n`,
    explained ? "" : `${dim(folded(legend({ ascii })))}\n`,
    ...rows.map((row) => `${INDENT}${dim(fit(row.label, label))} ${painted(row)}\n`),
    ...marks.map((mark) => `${folded(mark)}\n`),
    "\n",
  ].join("");
}

const CELL_PAINT: Readonly<Record<string, Paint>> = {
  "█": green,
  "#": green,
  "▒": yellow,
  "+": yellow,
  "✗": red,
  "x": red,
  "×": red,
  "?": cyan,
  "░": dim,
  ":": dim,
  "━": bold,
  "=": bold,
  "▼": red,
  "V": red,
  "▲": green,
  "A": green,
  "✓": green,
};

/** The cells, each run of one character painted once. */
function painted({ cells }: TextRow): string {
  const runs = cells.join("").trimEnd().match(/(.)\1*/gu) ?? [];
  return runs.map((run) => (CELL_PAINT[[...run][0] ?? ""] ?? ((text) => text))(run)).join("");
}
