/**
 * Annotations for GitHub: each is a workflow command, which the runner shows at its place.
 * @module
 */
import type { Diagnostic, Source } from "../model.ts";
import type { Event, EventOf } from "../events.ts";
import { printable } from "../terminal.ts";
import { factsOf } from "./drill/facts.ts";
import { type DrillEnd, roundOf, verdictCounts } from "./drill/units.ts";
import { recapLines } from "./recap.ts";

/** How the annotations are written. */
export interface GithubOptions {
  /**
   * A word that nobody can guess. With it the runner obeys nothing between the start of the run and
   * the annotations at its end: what a host says on the same stream could else command it.
   */
  readonly stopToken?: string;
}

interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  readonly source?: Partial<Source> | undefined;
}

/**
 * Writes at the end of the run one error for each failure, in check mode one warning for each host
 * with something to change (GitHub shows ten of a step), and a notice with the recap.
 */
export function github(
  write: (text: string) => void,
  { stopToken }: GithubOptions = {},
): (event: Event) => void {
  const found: Annotation[] = [];
  const pending = new Map<string, string[]>();
  const ends: DrillEnd[] = [];
  let start: EventOf<"run-start"> | undefined;
  const place = (host: string) => start?.places[host] ?? inventoryOf(start);
  return (event) => {
    switch (event.type) {
      case "version":
        if (stopToken !== undefined) write(`::stop-commands::${stopToken}\n`);
        break;
      case "run-start":
        start = event;
        break;
      case "task-end":
        if (event.error !== undefined) found.push(failure(event, place(event.host)));
        else if (event.status === "changed" && start?.mode === "check") {
          pending.set(event.host, [...pending.get(event.host) ?? [], change(event)]);
        }
        break;
      case "check-end":
        if (event.status === "failed") found.push(condition(event, inventoryOf(start)));
        break;
      case "drill-end":
        ends.push(event);
        if (event.verdict === "fail" || event.verdict === "unknown") {
          found.push(drill(event, inventoryOf(start)));
        }
        break;
      case "diagnostic":
        found.push(problem(event.diagnostic));
        break;
      case "run-end":
        if (stopToken !== undefined) write(`::${stopToken}::\n`);
        for (const [host, changes] of pending) found.push(toChange(host, changes, place(host)));
        found.push(summary(event, start, ends));
        write(found.map(command).join(""));
        break;
      case "prediction":
      case "task-start":
      case "host-end":
      case "drill-start":
      case "drill-phase":
        break;
    }
  };
}

function inventoryOf(start: EventOf<"run-start"> | undefined): Partial<Source> | undefined {
  return start === undefined ? undefined : { file: start.inventory };
}

function failure(
  { host, task, status, error = "" }: EventOf<"task-end">,
  source: Annotation["source"],
): Annotation {
  return { level: "error", title: `${host}: ${task} ${status}`, message: error, source };
}

function change({ task, changes }: EventOf<"task-end">): string {
  return `${task}: ${changes.map(({ summary }) => summary).join("; ")}`;
}

function toChange(
  host: string,
  changes: readonly string[],
  source: Annotation["source"],
): Annotation {
  return {
    level: "warning",
    title: `${host}: ${changes.length} to change`,
    message: changes.join("\n"),
    source,
  };
}

function condition(
  { endpoint, check, message }: EventOf<"check-end">,
  source: Annotation["source"],
): Annotation {
  return { level: "error", title: `${endpoint}: ${check} failed`, message, source };
}

function drill(end: DrillEnd, source: Annotation["source"]): Annotation {
  const round = roundOf(end);
  const facts = factsOf(end).map(({ name, text }) => `${name}: ${text}`);
  const word = end.verdict === "fail" ? "failed" : "could not be measured";
  return {
    level: end.verdict === "fail" ? "error" : "warning",
    title: `drill ${end.drill} ${word}${round === "" ? "" : `, ${round}`}`,
    message: [...end.reasons, ...facts].join("\n"),
    source,
  };
}

/** No repository has a file that is only rendered: what is wrong with one is shown at its endpoint. */
function problem(diagnostic: Diagnostic): Annotation {
  const { severity, code, message, hint, endpoint } = diagnostic;
  const source = endpoint ?? diagnostic.source;
  const { file, line } = (endpoint && diagnostic.source) ?? diagnostic.rendered ?? {};
  const where = file === undefined ? [] : [`rendered: ${file}:${line}`];
  const text = [message, ...where, ...hint === undefined ? [] : [`hint: ${hint}`]].join("\n");
  return { level: severity === "note" ? "notice" : severity, title: code, message: text, source };
}

function summary(
  { hosts, exitCode }: EventOf<"run-end">,
  start: EventOf<"run-start"> | undefined,
  ends: readonly DrillEnd[],
): Annotation {
  const drills = ends.length === 0 ? [] : [`drills: ${verdictCounts(ends)}`];
  const title = start === undefined
    ? "nothing was run"
    : `${start.what ?? start.mode} ${start.inventory}`;
  return {
    level: "notice",
    title: `holdfast: ${title}: exit code ${exitCode}`,
    message: [...drills, ...recapLines(hosts)].join("\n") || "no host was contacted",
  };
}

function command({ level, title, message, source }: Annotation): string {
  const { file, line, column, length } = source ?? {};
  const end = column === undefined || length === undefined ? undefined : column + length;
  const properties = { file, line, col: column, endColumn: end, title };
  const list = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${property(String(value))}`]
  );
  return `::${level} ${list.join(",")}::${data(message)}\n`;
}

/** The runner ends a command at a line's end and undoes these escapes; the rest must be visible. */
function data(text: string): string {
  const safe = text.split("\r").map(printable).join("\r");
  return safe.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
