/**
 * Runs in files, as `--report jsonl:FILE` writes them: read line by line, whole or as a stream.
 * @module
 */
import * as z from "zod";
import { quote } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import { EVENT_TYPES, EventSchema } from "../event_schema.ts";
import type { Event } from "../events.ts";
import type { Diagnostic } from "../model.ts";

/** So many lines of one file that are no events are named; of thousands nobody reads more. */
const NAMED = 20;

/** The events of a run that is in a file. @throws {InputError} when it is none */
export async function readRun(path: string): Promise<readonly Event[]> {
  return await Array.fromAsync(eventsOf(path));
}

/**
 * The events of a run, one after the other: the file is never held as a whole. Types and fields of a
 * later Holdfast are left out, and so is a last line that was cut short.
 * @throws {InputError} with every line that is no event, at the end; at once for what is no run
 */
export async function* eventsOf(path: string): AsyncGenerator<Event> {
  yield* parsed(path, linesOf(path));
}

/**
 * Reads the lines of a run, as {@link eventsOf} does.
 * @throws {InputError} with every line that is none
 */
export async function* parsed(
  file: string,
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Event> {
  const problems: Pick<Diagnostic, "message" | "source">[] = [];
  let [number, begun] = [0, false];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    const read = parseLine(line.replace(/\n$/, ""));
    const isEvents = typeof read !== "string";
    if (!begun && !(isEvents && read[0]?.type === "version")) throw noRun(file);
    begun = true;
    if (isEvents) {
      // What comes after a line that is none is looked at, and not handed on.
      if (problems.length === 0) yield* read;
    } else if (line.endsWith("\n") && problems.length < NAMED) {
      const source = { file, line: number, column: 1 };
      problems.push({ source, message: `Cannot read an event of a run: ${read}` });
    }
  }
  if (!begun) throw noRun(file);
  if (problems.length > 0) throw refusal(problems);
}

/** Lines with their ends, so that one without is known to be cut. */
async function* linesOf(path: string): AsyncGenerator<string> {
  using file = await open(path);
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield `${line}\n`;
  }
  if (rest !== "") yield rest;
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    const { isFile, isFifo } = await Deno.stat(path);
    // Reading a device need never end.
    if (!isFile && !isFifo) throw refusal([cannotRead(path, "it is no file")]);
    return await Deno.open(path);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const missing = error instanceof Deno.errors.NotFound;
    throw refusal([cannotRead(path, missing ? "there is no such file" : error.message)]);
  }
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

/** Of what is no run at all, each line would say the same. */
function noRun(file: string): InputError {
  const why = "it does not begin with the event version; a run is what --report jsonl:FILE writes";
  return refusal([cannotRead(file, why)]);
}

function cannotRead(path: string, why: string): Pick<Diagnostic, "message"> {
  return { message: `Cannot read run ${quote(path)}: ${why}` };
}

function refusal(problems: readonly Pick<Diagnostic, "message" | "source">[]): InputError {
  return new InputError(
    problems.map((problem) => ({ severity: "error", code: "run-file", ...problem })),
  );
}
