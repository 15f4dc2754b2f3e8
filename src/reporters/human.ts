import { bold, brightRed, cyan, dim, green, red, yellow } from "@std/fmt/colors";
import { formatDiagnostic } from "../diagnostics.ts";
import type { Event, EventOf, Status } from "../events.ts";
import { recapLines } from "./recap.ts";
import { printable, printableLine } from "../terminal.ts";

/** How the human report looks. */
export interface HumanOptions {
  /** Shows the diff of every file. */
  readonly diff: boolean;
  /** Width of the terminal; summaries are folded to it. @default {no folding} */
  readonly columns?: number;
}

const PAINT: Readonly<Record<Status, (text: string) => string>> = {
  ok: green,
  changed: yellow,
  failed: red,
  skipped: cyan,
  unreachable: brightRed,
};

/** Lines for a person as things happen, and a recap at the end that Ansible users can grep. */
export function human(
  write: (text: string) => void,
  { diff, columns = Infinity }: HumanOptions,
): (event: Event) => void {
  let checking = false;
  return (event) => {
    switch (event.type) {
      case "version":
      case "task-start":
      case "host-end":
        break;
      case "run-start":
        checking = event.mode === "check";
        write(start(event));
        break;
      case "task-end":
        write(taskEnd(event, { diff, columns }, checking));
        break;
      case "check-end":
        write(checkEnd(event, columns));
        break;
      case "diagnostic":
        write(`${printable(formatDiagnostic(event.diagnostic))}\n`);
        break;
      case "run-end":
        write(recap(event, checking));
        break;
    }
  };
}

function start({ mode, inventory, hosts }: EventOf<"run-start">): string {
  const what = mode === "check" ? "check (nothing will be changed)" : mode;
  return `${bold(`${what} ${printableLine(inventory)}`)}  ${printableLine(hosts.join(", "))}\n\n`;
}

function taskEnd(
  event: EventOf<"task-end">,
  { diff, columns = Infinity }: HumanOptions,
  checking: boolean,
): string {
  const { host, task, status, changes, error, ms } = event;
  const took = ms >= 1000 ? dim(`  ${(ms / 1000).toFixed(1)} s`) : "";
  const word = PAINT[status](status.padEnd(11));
  const lines = [`${printableLine(host).padEnd(8)} ${word} ${printableLine(task)}${took}\n`];
  for (const change of changes) {
    const sign = checking ? "would " : "";
    const summary = fold(printableLine(sign + change.summary), columns - 21);
    lines.push(`${indent(dim(summary), 21)}\n`);
    for (const text of change.unknown ?? []) {
      lines.push(`${indent(yellow(fold(printableLine(text), columns - 21)), 21)}\n`);
    }
    if (diff && change.diff !== undefined) lines.push(paintDiff(change.diff));
  }
  if (error !== undefined) lines.push(`${indent(red(printable(error)), 9)}\n`);
  return lines.join("");
}

function checkEnd(
  { check, status, message, endpoint }: EventOf<"check-end">,
  columns: number,
): string {
  const head = `${printableLine(endpoint)} `;
  const found = `${printableLine(check)}: ${printableLine(message)}`;
  const lines = fold(found, columns - head.length - 12).replaceAll("\n", `\n${" ".repeat(21)}`);
  return `${head}${PAINT[status](status.padEnd(11))} ${lines}\n`;
}

function recap({ hosts, ms }: EventOf<"run-end">, checking: boolean): string {
  const lines = recapLines(hosts).map((line) => `${line}\n`);
  const changed = Object.values(hosts).reduce((sum, { changed }) => sum + changed, 0);
  const took = `${(ms / 1000).toFixed(1)} s`;
  const blind = Object.values(hosts).some(({ failed, unreachable }) => failed + unreachable > 0);
  const some = changed === 0 ? "Nothing" : changed;
  const forecast = `${some} to change${
    blind ? " as far as could be seen" : ""
  }; nothing was changed`;
  return `\n${checking ? `${forecast}  ` : ""}${dim(took)}\n\n${lines.join("")}`;
}

function paintDiff(text: string): string {
  const lines = printable(text).split("\n").map((line) => {
    if (line.startsWith("+")) return green(line);
    if (line.startsWith("-")) return red(line);
    return line.startsWith("@@") ? cyan(line) : line;
  });
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Breaks a line between words so that no part is longer, where a word allows it. */
function fold(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

function indent(text: string, columns: number): string {
  const space = " ".repeat(columns);
  return text.split("\n").map((line) => space + line).join("\n");
}
