import { bold, brightRed, cyan, dim, green, red, yellow } from "@std/fmt/colors";
import { formatDiagnostic } from "../diagnostics.ts";
import type { Event, EventOf, Status } from "../events.ts";
import { printable, printableLine } from "../terminal.ts";
import { type DrillLines, drillLines } from "./drill/lines.ts";
import { differences } from "./diff.ts";
import { fleetLine, shardLine } from "./fleet.ts";
import { hang } from "./fold.ts";
import { missed, predictionText } from "./prediction.ts";
import { recapLines } from "./recap.ts";

/** How the human report looks. */
export interface HumanOptions {
  /** Shows the diff of every file. */
  readonly diff: boolean;
  /** Width of the terminal; lines are folded to it, and long differences cut. @default {no folding} */
  readonly columns?: number;
  /** Draws with the characters of ASCII alone. @default {false} */
  readonly ascii?: boolean;
}

/** With more hosts than these, what is as wished is counted and not listed. */
const FEW_HOSTS = 8;

/** Narrower than this, columns of a table take more room than what stands in them. */
const NARROW = 60;

const PAINT: Readonly<Record<Status, (text: string) => string>> = {
  ok: green,
  changed: yellow,
  failed: red,
  skipped: cyan,
  unreachable: brightRed,
};

/** What the lines of one run have in common. */
interface Page {
  readonly columns: number;
  readonly narrow: boolean;
  readonly differences: ((host: string, diff: string) => string) | undefined;
  checking: boolean;
  many: boolean;
  /** Tasks as wished that were not listed, by host. */
  readonly fine: Map<string, string[]>;
  readonly drills: DrillLines;
}

/** Lines for a person as things happen, and a recap at the end that Ansible users can grep. */
export function human(
  write: (text: string) => void,
  { diff, columns = Infinity, ascii = false }: HumanOptions,
): (event: Event) => void {
  const page: Page = {
    columns,
    narrow: columns < NARROW,
    differences: diff ? differences(columns !== Infinity) : undefined,
    checking: false,
    many: false,
    fine: new Map(),
    drills: drillLines({ columns, ascii }),
  };
  return (event) => {
    const text = show(event, page);
    if (text !== "") write(text);
  };
}

function show(event: Event, page: Page): string {
  switch (event.type) {
    case "version":
    case "task-start":
      return "";
    case "drill-start":
    case "drill-phase":
    case "drill-end":
      return page.drills.read(event);
    case "run-start":
      page.checking = event.mode === "check";
      page.many = event.hosts.length > FEW_HOSTS;
      return start(event, page);
    case "prediction":
      return prediction(event, page);
    case "task-end":
      return taskEnd(event, page);
    case "host-end":
      return hostEnd(event.host, page);
    case "check-end":
      return checkEnd(event, page);
    case "diagnostic":
      // Only its first line begins where a line of ours does.
      return `${printable(formatDiagnostic(event.diagnostic)).replaceAll("\n", "\n  ")}\n`;
    case "run-end":
      return runEnd(event, page);
  }
}

function start(event: EventOf<"run-start">, { columns }: Page): string {
  const { mode, inventory, hosts } = event;
  const asked = event.what ?? mode;
  const dry = event.what === undefined ? asked : `${printableLine(asked)} --check`;
  const what = mode === "check" ? `${dry} (nothing will be changed)` : printableLine(asked);
  const about = `${printableLine(inventory)}  ${printableLine(hosts.join(", "))}`;
  const lines = hang(`${what} `, about, { indent: 4, columns });
  const more = [shardLine(event), fleetLine(event)].map((text) =>
    text === undefined ? "" : `${hang("", text, { indent: 4, columns })}\n`
  ).join("");
  return `${bold(what)}${lines.slice(what.length)}\n${more}\n`;
}

/** Of a fleet only what is worth a look. */
function prediction(event: EventOf<"prediction">, page: Page): string {
  const over = missed(event).length > 0 && event.sloWritten;
  if (page.many && !over) return "";
  const paint = over ? yellow : dim;
  return line(event.endpoint, { word: "predicted", paint }, predictionText(event), "", page);
}

function taskEnd(event: EventOf<"task-end">, page: Page): string {
  const { host, task, status, changes, error, ms } = event;
  if (page.many && status === "ok") {
    page.fine.set(host, [...page.fine.get(host) ?? [], task]);
    return "";
  }
  const took = ms >= 1000 ? `  ${(ms / 1000).toFixed(1)} s` : "";
  const lines = [row(host, status, task, took, page)];
  for (const change of changes) {
    const summary = printableLine((page.checking ? "would " : "") + change.summary);
    lines.push(indented(summary, dim, page.narrow ? 4 : 21, page.columns));
    for (const text of change.unknown ?? []) {
      lines.push(indented(printableLine(text), yellow, page.narrow ? 4 : 21, page.columns));
    }
    if (change.diff !== undefined) {
      lines.push(page.differences?.(printableLine(host), change.diff) ?? "");
    }
  }
  if (error !== undefined) {
    lines.push(indented(printable(error), red, page.narrow ? 4 : 9, page.columns));
  }
  return lines.join("");
}

/** A host of many: what is as wished on it, in one line. */
function hostEnd(host: string, page: Page): string {
  const fine = page.fine.get(host) ?? [];
  page.fine.delete(host);
  const [only = ""] = fine;
  if (fine.length === 0) return "";
  return row(host, "ok", fine.length === 1 ? only : `${fine.length} tasks`, "", page);
}

function checkEnd({ check, status, message, endpoint }: EventOf<"check-end">, page: Page): string {
  return row(endpoint, status, `${check}: ${message}`, "", page);
}

/** Who, how it is, what; the status painted. */
function row(who: string, status: Status, what: string, took: string, page: Page): string {
  return line(who, { word: status, paint: PAINT[status] }, what, took, page);
}

function line(
  who: string,
  how: { readonly word: string; readonly paint: (text: string) => string },
  what: string,
  took: string,
  page: Page,
): string {
  const { narrow, columns } = page;
  const name = narrow ? printableLine(who) : printableLine(who).padEnd(8);
  const word = narrow ? how.word : how.word.padEnd(11);
  const room = { indent: narrow ? 4 : 21, columns: columns - took.length };
  const lines = hang(`${name} ${word} `, printableLine(what), room);
  const rest = lines.slice(name.length + 1 + word.length);
  return `${name} ${how.paint(word)}${rest}${took === "" ? "" : dim(took)}\n`;
}

function indented(
  text: string,
  paint: (line: string) => string,
  indent: number,
  columns: number,
): string {
  const space = " ".repeat(indent);
  const lines = text.split("\n").flatMap((line) =>
    hang(space, line, { indent, columns }).split("\n")
  );
  return lines.map((line) => `${space}${paint(line.slice(indent))}\n`).join("");
}

function runEnd(event: EventOf<"run-end">, { checking, columns, drills }: Page): string {
  const { hosts, ms } = event;
  const lines = recapLines(hosts).map((line) => `${line}\n`).join("");
  const took = `${(ms / 1000).toFixed(1)} s`;
  if (!checking) return `${drills.table()}\n${dim(took)}\n\n${lines}`;
  const last = hang("", plan(event), { indent: 6, columns: columns - took.length - 2 });
  return `\n${lines}\n${last}  ${dim(took)}\n`;
}

/** `Plan: 3 to change on 2 hosts; nothing was changed`, the last line of a check. */
function plan({ hosts, exitCode }: EventOf<"run-end">): string {
  // Of a stale plan nothing was foreseen: what is wrong with it has been said.
  if (exitCode === 5) return "Plan: stale; nothing was changed";
  const counts = Object.values(hosts);
  const total = counts.reduce((sum, { changed }) => sum + changed, 0);
  const on = counts.filter(({ changed }) => changed > 0).length;
  const blind = counts.some(({ failed, unreachable }) => failed + unreachable > 0);
  const seen = blind ? " as far as could be seen" : "";
  const silent = counts.length > 0 && counts.every(({ unreachable }) => unreachable > 0);
  if (total === 0 && silent) return "Plan: none, because no host could be asked";
  if (total === 0) return `Plan: nothing to change${seen}`;
  return `Plan: ${total} to change on ${on} ${
    on === 1 ? "host" : "hosts"
  }${seen}; nothing was changed`;
}
