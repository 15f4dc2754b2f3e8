import { z } from "zod";
import { quote } from "../diagnostics.ts";
import { EXIT, InputError } from "../errors.ts";
import { EVENT_TYPES, EventSchema } from "../event_schema.ts";
import type { Event } from "../events.ts";
import type { Diagnostic } from "../model.ts";
import type { Io } from "./io.ts";
import { withReports } from "./reports.ts";

/** Flags of `report`. */
export interface RedrawFlags {
  /** `kind` or `kind:file`. */
  readonly report?: readonly string[] | undefined;
  /** Shows differences. */
  readonly diff?: boolean | undefined;
}

/** Shows a finished run again, from the events that it left in a file. Contacts nobody. */
export function redraw(path: string, flags: RedrawFlags, io: Io): Promise<number> {
  // Nothing is going on that progress could be shown of.
  return withReports(path, { ...flags, step: true }, io, async (reports) => {
    const events = await readRun(path);
    for (const event of events) if (event.type !== "version") reports.emit(event);
    if (events.at(-1)?.type === "run-end") return EXIT.ok;
    io.err(`Cannot show the end of "${path}": the run did not come to it\n`);
    return EXIT.usage;
  });
}

/** The events of a run that is in a file. @throws {InputError} when it is none */
export async function readRun(path: string): Promise<readonly Event[]> {
  return parseRun(path, await read(path));
}

async function read(path: string): Promise<string> {
  try {
    const { isFile, isFifo } = await Deno.stat(path);
    // Reading a device need never end.
    if (!isFile && !isFifo) {
      throw refusal([{ message: `Cannot read run ${quote(path)}: it is no file` }]);
    }
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : error.message;
    throw refusal([{ message: `Cannot read run ${quote(path)}: ${why}` }]);
  }
}

/**
 * Reads the lines of a run. Types and fields of a later Holdfast are left out.
 * @throws {InputError} with every line that is none
 */
export function parseRun(file: string, text: string): readonly Event[] {
  const events: Event[] = [];
  const problems: Pick<Diagnostic, "message" | "source">[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parseLine(line);
    if (typeof parsed !== "string") events.push(...parsed);
    else {
      const source = { file, line: i + 1, column: 1 };
      problems.push({ source, message: `Cannot read an event of a run: ${parsed}` });
    }
  }
  if (events[0]?.type !== "version" || problems[0]?.source?.line === 1) {
    // Of what is no run at all, each line would say the same.
    const why =
      "it does not begin with the event version; a run is what --report jsonl:FILE writes";
    throw refusal([{ message: `Cannot read run ${quote(file)}: ${why}` }]);
  }
  if (problems.length > 0) throw refusal(problems);
  return events;
}

/** The event of a line, nothing where it is of a later Holdfast, or what is wrong with it. */
function parseLine(line: string): readonly Event[] | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "the line is not JSON";
  }
  const { data: { type } = {} } = z.object({ type: z.string() }).safeParse(value);
  if (type !== undefined && !EVENT_TYPES.includes(type)) return [];
  const { data, error } = EventSchema.safeParse(value);
  if (data !== undefined) return [data];
  const [issue] = error.issues;
  return `${issue?.path.join(".") || "type"}: ${issue?.message}`;
}

function refusal(problems: readonly Pick<Diagnostic, "message" | "source">[]): InputError {
  return new InputError(
    problems.map((problem) => ({ severity: "error", code: "run-file", ...problem })),
  );
}
