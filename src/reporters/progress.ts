/**
 * What is going on now, in a few lines below the report that are drawn over. It reads events; the
 * clock and the terminal are passed in.
 * @module
 */
import { dim } from "@std/fmt/colors";
import type { Event } from "../events.ts";
import { printableLine } from "../terminal.ts";
import { roundOf } from "./drill/units.ts";
import { columnsOf, cut } from "./width.ts";

/** The terminal that is drawn on. */
export interface ProgressOptions {
  /** Writes text as it is. */
  write(text: string): void;
  /** Size now, in characters. */
  size(): { readonly columns: number; readonly rows: number };
}

/** The lines that are drawn over. */
export interface Progress {
  /** Takes an event into account. Draws nothing. */
  read(event: Event): void;
  /** Draws what has changed, at most ten times a second. `now` is in epoch milliseconds. */
  tick(now: number): void;
  /** Takes the lines away, so that something can be printed where they stood. */
  clear(): void;
}

/** A run that is over before a person could read them needs no lines. */
const PATIENCE_MS = 500;
/** From then on a host is a slow one, and named. */
const SLOW_MS = 1000;
const INTERVAL_MS = 100;
const SLOW_ROWS = 3;

const WORDS: Readonly<Record<string, string>> = {
  connect: "connecting",
  // The first look is where a slow link shows too.
  look: "no answer yet",
  proof: "looking once more",
};

interface Work {
  readonly kind: string;
  readonly task: string;
  readonly since: number;
}

/** A drill under way. */
interface Drilling {
  readonly name: string;
  readonly since: number;
  /** What is done now, for people, and since when. */
  readonly step?: { readonly text: string; readonly since: number };
}

interface State {
  drill: Drilling | undefined;
  drilled: number;
  /** What was asked for. */
  what: string;
  since: number | undefined;
  hosts: readonly string[];
  readonly done: Set<string>;
  readonly busy: Map<string, Work>;
}

/** Shows how many hosts are done, and what the slow ones do and since when. */
export function progress({ write, size }: ProgressOptions): Progress {
  const state: State = {
    drill: undefined,
    drilled: 0,
    what: "apply",
    since: undefined,
    hosts: [],
    done: new Set(),
    busy: new Map(),
  };
  let shown: readonly string[] = [];
  let drawn = -Infinity;
  const up = () => shown.length === 0 ? "\r" : `\x1b[${shown.length}A\r`;
  const clear = () => {
    if (shown.length > 0) write(`${up()}\x1b[J`);
    shown = [];
  };
  return {
    read: (event) => fold(state, event),
    clear,
    tick: (now) => {
      if (now - drawn < INTERVAL_MS) return;
      const rows = rowsOf(state, now, size());
      if (rows.length === 0) return clear();
      if (rows.join("\n") === shown.join("\n")) return;
      // One text in which old lines are overwritten, not erased first: nothing flickers. A terminal
      // that knows synchronized updates shows it at once.
      const lines = rows.map((row) => `${dim(row)}\x1b[K\n`).join("");
      write(`\x1b[?2026h${up()}${lines}\x1b[J\x1b[?2026l`);
      shown = rows;
      drawn = now;
    },
  };
}

function fold(state: State, event: Event): void {
  switch (event.type) {
    case "run-start":
      state.what = event.what ?? event.mode;
      state.since = event.at;
      state.hosts = event.hosts;
      break;
    case "task-start":
      state.busy.set(event.host, { kind: event.kind, task: event.task, since: event.at });
      break;
    case "task-end":
      state.busy.delete(event.host);
      break;
    case "host-end":
      state.busy.delete(event.host);
      state.done.add(event.host);
      break;
    case "drill-start": {
      const round = roundOf(event);
      const name = [event.drill, ...round === "" ? [] : [round]].join(", ");
      state.drill = { name, since: event.at };
      break;
    }
    case "drill-phase":
      if (state.drill === undefined) break;
      state.drill = { ...state.drill, step: { text: event.message, since: event.at } };
      break;
    case "drill-end":
      state.drill = undefined;
      state.drilled += 1;
      break;
    case "run-end":
      state.since = undefined;
      break;
    case "prediction":
    case "version":
    case "check-end":
    case "diagnostic":
      break;
  }
}

function rowsOf(
  { what, since, hosts, done, busy, drill, drilled }: State,
  now: number,
  { columns, rows }: ReturnType<ProgressOptions["size"]>,
): string[] {
  if (since === undefined || now - since < PATIENCE_MS || rows < 3) return [];
  if (drill !== undefined) return drillRows(drill, drilled, now, { columns, rows });
  const works = [...busy].sort(([, a], [, b]) => a.since - b.since);
  const waiting = works.filter(([, { kind }]) => kind === "wait").length;
  const slow = works.filter(([, work]) => work.kind !== "wait" && now - work.since >= SLOW_MS);
  const more = done.size === hosts.length
    ? ", looking at conditions"
    : waiting > 0
    ? `, ${waiting} waiting`
    : "";
  const head = row(`${what}: ${done.size}/${hosts.length} hosts done${more}`, now - since, columns);
  const named = slow.slice(0, Math.min(SLOW_ROWS, rows - 2)).map(([host, { kind, task, since }]) =>
    row(`  ${host} ${WORDS[kind] ?? task}`, now - since, columns)
  );
  return [head, ...named];
}

/** Which drill runs and how many are over, and its step: hosts are no measure of a drill. */
function drillRows(
  { name, since, step }: Drilling,
  over: number,
  now: number,
  { columns, rows }: ReturnType<ProgressOptions["size"]>,
): string[] {
  const head = row(`drill ${name}${over === 0 ? "" : `, ${over} over`}`, now - since, columns);
  if (step === undefined || rows < 4) return [head];
  return [head, row(`  ${step.text}`, now - step.since, columns)];
}

/** One line that never wraps: the last column stays free, for terminals that wrap early. */
function row(text: string, ms: number, columns: number): string {
  const time = ` ${duration(ms)}`;
  const room = columns - 1 - columnsOf(time);
  return cut(`${cut(printableLine(text), room)}${time}`, columns - 1);
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
