/**
 * `report merge`: the runs of a fleet's parts, joined into one report and one exit code.
 * @module
 */
import type { Event } from "../../events.ts";
import { InputError } from "../../errors.ts";
import type { Diagnostic } from "../../model.ts";
import type { Io } from "../io.ts";
import type { RedrawFlags } from "../redraw.ts";
import { withReports } from "../reports.ts";
import { eventsOf } from "../run_file.ts";
import { joined, type Part } from "./parts.ts";

/** Shows the parts of a run as one, and gives its exit code. Contacts nobody. */
export function mergeRuns(paths: readonly string[], flags: RedrawFlags, io: Io): Promise<number> {
  return withReports(paths, { ...flags, step: true }, io, async ({ emit }) => {
    const { start, problems, end } = joined(await looked(paths));
    emit(start);
    for await (const event of inOrder(paths)) emit(event);
    for (const diagnostic of problems) emit({ type: "diagnostic", at: end.at, diagnostic });
    emit(end);
    return end.exitCode;
  });
}

/** Reads every file once, and keeps of each how it began and how it ended. */
async function looked(paths: readonly string[]): Promise<Part[]> {
  const problems: Diagnostic[] = [];
  const parts: Part[] = [];
  for (const path of paths) {
    let part: Part = { path };
    try {
      for await (const event of eventsOf(path)) {
        if (event.type === "run-start") part = { ...part, start: event };
        if (event.type === "run-end") part = { ...part, end: event };
      }
      parts.push(part);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return parts;
}

/**
 * The events of all parts by their time, and those of one part in its own order. What each part
 * says of the one inventory is said once.
 */
async function* inOrder(paths: readonly string[]): AsyncGenerator<Event> {
  const said = new Set<string>();
  const heads: { readonly rest: AsyncGenerator<Event>; event: Event; at: number }[] = [];
  try {
    for (const path of paths) {
      const rest = eventsOf(path);
      const { value } = await rest.next();
      if (value !== undefined) heads.push({ rest, event: value, at: 0 });
    }
    while (heads.length > 0) {
      const head = heads.reduce((first, next) => next.at < first.at ? next : first);
      if (!isOfThePart(head.event) && !isRepeated(head.event, said)) yield head.event;
      const { value } = await head.rest.next();
      if (value === undefined) heads.splice(heads.indexOf(head), 1);
      else {
        // A clock that was set back does not put what came later before what came first.
        head.at = Math.max(head.at, "at" in value ? value.at : 0);
        head.event = value;
      }
    }
  } finally {
    for (const { rest } of heads) await rest.return(undefined);
  }
}

const isOfThePart = ({ type }: Event) =>
  type === "version" || type === "run-start" || type === "run-end";

function isRepeated(event: Event, said: Set<string>): boolean {
  if (event.type !== "diagnostic") return false;
  const key = JSON.stringify(event.diagnostic);
  if (said.has(key)) return true;
  said.add(key);
  return false;
}
