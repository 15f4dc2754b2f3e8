/**
 * A timeline as lines of characters: one column is a slice of time.
 * @module
 */
import type { Mark, Span, Timeline } from "../../events.ts";
import { printableLine } from "../../terminal.ts";
import { columnsOf, cut } from "../width.ts";
import { type Focus, focusOf, ticksOf } from "./focus.ts";
import { hostsOf } from "./holders.ts";
import { type SliceState, sliceStates } from "./requests.ts";
import { markText, milliseconds, moment, number, seconds } from "./units.ts";

/** How a timeline is drawn. */
export interface TextTimelineOptions {
  /** Width of all of it. */
  readonly columns: number;
  /** Only characters of ASCII. @default {false} */
  readonly ascii?: boolean;
}

/** One row; its cells are as many as it has columns. */
export interface TextRow {
  /** What it shows, without hidden characters. */
  readonly label: string;
  /** One character for each slice of time. */
  readonly cells: readonly string[];
}

/** A timeline, ready to be painted. */
export interface TextTimeline {
  /** Which part is shown, and how long a column is. */
  readonly head: string;
  /** The rows, from top to bottom. */
  readonly rows: readonly TextRow[];
  /** What each mark means, one line each. */
  readonly marks: readonly string[];
}

/** Characters, by what they show. */
interface Glyphs {
  readonly states: Readonly<Record<SliceState, string>>;
  readonly holds: string;
  readonly dark: string;
  readonly open: string;
  readonly ended: string;
  readonly marks: Readonly<Record<Mark["kind"], string>>;
}

const DRAWN: Glyphs = {
  states: { answered: "█", some: "▒", none: "✗", quiet: "·", stalled: "?" },
  holds: "━",
  dark: "░",
  open: "─",
  ended: "×",
  marks: { prepare: "▽", fault: "▼", heal: "▲", steady: "✓" },
};

const ASCII: Glyphs = {
  states: { answered: "#", some: "+", none: "x", quiet: ".", stalled: "?" },
  holds: "=",
  dark: ":",
  open: "-",
  ended: "x",
  marks: { prepare: "p", fault: "V", heal: "A", steady: "*" },
};

/** A mark hides those after it where they fall into one column. */
const WEIGHT = ["fault", "heal", "steady", "prepare"];
const LEAST_CELLS = 10;
const TICK_COLUMNS = 10;

/** What the characters mean, in one line. */
export function legend({ ascii = false }: Pick<TextTimelineOptions, "ascii">): string {
  const { states, holds, dark, marks } = ascii ? ASCII : DRAWN;
  return `${states.answered} answered  ${states.some} some failed  ${states.none} all failed  ` +
    `${states.quiet} none sent  ${states.stalled} prober stood still  ${holds} holds the address  ` +
    `${dark} not seen  ${marks.fault} fault  ${marks.heal} heal  ${marks.steady} steady`;
}

/** Draws the part of a timeline that is worth looking at. */
export function textTimeline(
  timeline: Timeline,
  { columns, ascii = false }: TextTimelineOptions,
): TextTimeline {
  const glyphs = ascii ? ASCII : DRAWN;
  const focus = focusOf(timeline);
  const hosts = hostsOf(timeline);
  const most = Math.max(8, Math.min(20, Math.floor(columns / 4)));
  const names = ["requests", ...hosts.map((host) => cut(printableLine(host), most))];
  const label = Math.max(...names.map(columnsOf));
  const count = Math.max(LEAST_CELLS, Math.floor(columns) - label - 1);
  const rows = [
    {
      label: "requests",
      cells: sliceStates(timeline, focus, count).map((it) => glyphs.states[it]),
    },
    ...hosts.map((host, i) => ({
      label: names[i + 1] ?? "",
      cells: holderCells(timeline, host, { focus, count, glyphs }),
    })),
    ...backendRows(timeline, { focus, count, glyphs }, (host) => cut(printableLine(host), label)),
    ...watchRows(timeline, { focus, count, glyphs }),
    { label: "marks", cells: markCells(timeline, { focus, count, glyphs }) },
    { label: "seconds", cells: scaleCells(focus, count) },
  ];
  return { head: headOf(focus, count), rows, marks: markLines(timeline, focus, glyphs) };
}

/** The grid that cells lie in. */
interface Grid {
  readonly focus: Focus;
  readonly count: number;
  readonly glyphs: Glyphs;
}

function headOf({ from, to, origin, about }: Focus, count: number): string {
  const column = milliseconds(Math.max(1, (to - from) / count));
  const what = about === "start" ? "the first request" : `the ${about}`;
  return `from ${seconds(origin - from)} before ${what} to ${seconds(to - origin)} after it, ` +
    `${column} a column`;
}

/** The slices that a stretch touches, each more than not at all. */
function touched({ from, to }: Span, { focus, count }: Grid): (cell: number) => boolean {
  const width = (focus.to - focus.from) / count;
  return (cell) => {
    const start = focus.from + cell * width;
    return from < start + width && to > start;
  };
}

function drawn(count: number, char: (cell: number) => string): string[] {
  return Array.from({ length: count }, (_, cell) => char(cell));
}

function holderCells({ holders, dark }: Timeline, host: string, grid: Grid): string[] {
  const own = (spans: readonly (Span & { readonly host: string })[]) =>
    spans.filter((span) => span.host === host).map((span) => touched(span, grid));
  const [held, unseen] = [own(holders), own(dark)];
  return drawn(grid.count, (cell) => {
    if (held.some((within) => within(cell))) return grid.glyphs.holds;
    return unseen.some((within) => within(cell)) ? grid.glyphs.dark : " ";
  });
}

/** How many API servers could be used, the fewest of each slice; one row where all see the same. */
function backendRows(
  { backends }: Timeline,
  grid: Grid,
  nameOf: (host: string) => string,
): TextRow[] {
  const hosts = [...new Set(backends.map(({ host }) => host))];
  const rows = hosts.map((host) => ({
    label: hosts.length === 1 ? "backends" : nameOf(host),
    cells: backendCells(backends.filter((it) => it.host === host), grid),
  }));
  const same = new Set(rows.map(({ cells }) => cells.join(""))).size === 1;
  if (same) return rows.slice(0, 1).map((row) => ({ ...row, label: "backends" }));
  // Its name stands above already: this row says what it sees.
  const none = drawn(grid.count, () => " ");
  return [{ label: "backends", cells: none }, ...rows];
}

function backendCells(
  changes: readonly { readonly at: number; readonly up: number }[],
  { focus, count }: Grid,
): string[] {
  const sorted = changes.toSorted((a, b) => a.at - b.at);
  const width = (focus.to - focus.from) / count;
  let next = 0;
  let current: number | undefined;
  return drawn(count, (cell) => {
    let least = current;
    while ((sorted[next]?.at ?? Infinity) < focus.from + (cell + 1) * width) {
      current = sorted[next]?.up ?? 0;
      least = Math.min(least ?? current, current);
      next += 1;
    }
    return least === undefined ? " " : least > 9 ? "+" : String(least);
  });
}

function watchRows({ watch }: Timeline, grid: Grid): TextRow[] {
  if (watch.length === 0) return [];
  const spans = watch.map((span) => touched(span, grid));
  const ends = watch.filter(({ end }) => end !== "open").map(({ to }) =>
    touched({ from: to - 0.001, to }, grid)
  );
  const cells = drawn(grid.count, (cell) => {
    if (ends.some((within) => within(cell))) return grid.glyphs.ended;
    return spans.some((within) => within(cell)) ? grid.glyphs.open : " ";
  });
  return [{ label: "watch", cells }];
}

function markCells({ marks }: Timeline, { focus, count, glyphs }: Grid): string[] {
  const cells = drawn(count, () => " ");
  const light = marks.toSorted((a, b) => WEIGHT.indexOf(b.kind) - WEIGHT.indexOf(a.kind));
  for (const { at, kind } of light) {
    const cell = Math.floor((at - focus.from) / (focus.to - focus.from) * count);
    if (cell >= 0 && cell < count) cells[cell] = glyphs.marks[kind];
  }
  return cells;
}

function scaleCells(focus: Focus, count: number): string[] {
  const cells = drawn(count, () => " ");
  let free = 0;
  for (const { at, text } of ticksOf(focus, Math.floor(count / TICK_COLUMNS))) {
    // Its first digit stands below the moment; a sign stands before that.
    const cell = Math.floor((at - focus.from) / (focus.to - focus.from) * count);
    const start = Math.max(0, text.startsWith("-") ? cell - 1 : cell);
    if (start < free || start + text.length > count) continue;
    for (const [i, char] of [...text].entries()) cells[start + i] = char;
    free = start + text.length + 1;
  }
  return cells;
}

/** Marks that are told one by one; more are counted. */
const MARKS_TOLD = 8;

function markLines({ marks }: Timeline, { origin }: Focus, glyphs: Glyphs): string[] {
  const sorted = marks.toSorted((a, b) => a.at - b.at);
  const told = sorted.slice(0, MARKS_TOLD).map((mark) =>
    `${glyphs.marks[mark.kind]} ${moment(mark.at - origin)} ${printableLine(markText(mark))}`
  );
  const more = sorted.length - told.length;
  return more === 0 ? told : [...told, `and ${number(more)} more`];
}
