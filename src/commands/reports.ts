/**
 * Every reader of a run's events: what is printed, what is written to files, and the live region.
 * @module
 */
import { setColorEnabled } from "@std/fmt/colors";
import { EXIT, InputError } from "../errors.ts";
import type { Event } from "../events.ts";
import { formatInputError } from "../inventory/load.ts";
import type { Diagnostic } from "../model.ts";
import { human } from "../reporters/human.ts";
import { maskEvent } from "../reporters/mask.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";
import { type Live, live } from "./live.ts";
import { parseReports, type ReportSpec } from "./report_flags.ts";
import { ReportFile, ReportFileError } from "./report_file.ts";
import { asciiWanted, colorWanted, terminalSize } from "./screen.ts";

/** Flags that decide who reads the events. */
export interface ReportFlags {
  /** `kind` or `kind:file`. */
  readonly report?: readonly string[] | undefined;
  /** Prints events instead of lines for people. */
  readonly json?: boolean | undefined;
  /** Shows differences. */
  readonly diff?: boolean | undefined;
  /** Asks questions: nothing may be drawn over them. */
  readonly step?: boolean | undefined;
  /** Another file that the run writes. */
  readonly out?: string | undefined;
}

/** What a run may say to its readers. */
export interface Reports {
  /** Standard output and error, so that the live region makes room. */
  readonly io: Io;
  /** Sets what every text passes from now on. */
  hide(mask: (text: string) => string): void;
  /** Says an event to all readers. */
  emit(event: Event): void;
  /** Says an event to all readers but the person, who is shown something else. */
  record(event: Event): void;
  /** Says problems that a person was shown already to the other readers. */
  note(diagnostics: readonly Diagnostic[]): void;
}

type Reader = (event: Event) => void;

/** A reader whose text goes to a file; the first thing that goes wrong ends it. */
interface Written {
  readonly spec: ReportSpec;
  readonly file: ReportFile;
  readonly read: Reader;
  /** Something was written. */
  used: boolean;
  failed: boolean;
}

/**
 * Does work whose events are read as the flags say, and gives the exit code. A refused input is said
 * to all readers, and a report that could not be written makes a good run end with 1.
 */
export async function withReports(
  input: string | readonly string[],
  flags: ReportFlags,
  outer: Io,
  work: (reports: Reports) => Promise<number>,
): Promise<number> {
  setColorEnabled(colorWanted(Deno.stdout.isTerminal()));
  const region = live(flags, outer);
  const opened = await open(input, flags, region.io);
  const reports = await readers(flags, opened, region);
  try {
    if (opened.problems.length > 0) throw new InputError(opened.problems);
    return kept(await work(reports), opened, region.io);
  } catch (error) {
    if (!(error instanceof InputError)) {
      // What happened until then may help to find out why.
      for (const { file, spec, used } of opened.files) {
        file.abandon({ keepPart: used && spec.kind === "jsonl" });
      }
      throw error;
    }
    region.io.err(`${formatInputError(error)}\n`);
    reports.refuse(error);
    return kept(EXIT.usage, opened, region.io);
  } finally {
    region.end();
  }
}

interface Opened {
  readonly files: readonly Written[];
  readonly printed: readonly Reader[];
  readonly problems: readonly Diagnostic[];
}

/** Opens every report that can be opened, so that what cannot be written is known at once. */
async function open(
  input: string | readonly string[],
  flags: ReportFlags,
  io: Io,
): Promise<Opened> {
  const taken = new Map([input].flat().map((path) => [path, "what the run reads"]));
  if (flags.out !== undefined) taken.set(flags.out, "the plan");
  const parsed = parseReports(flags.report ?? [], taken);
  const problems = [...parsed.problems];
  const files: Written[] = [];
  const printed: Reader[] = [];
  for (const spec of parsed.reports) {
    if (spec.file === undefined) {
      // Where events are printed they are alone; the runner reads both streams.
      const write = flags.json === true ? io.err : io.out;
      const { github } = await import("../reporters/github.ts");
      printed.push(github(write, { stopToken: crypto.randomUUID() }));
      continue;
    }
    try {
      const make = await MAKERS[spec.kind]();
      files.push(writtenTo(spec, ReportFile.open(spec.file), make, io));
    } catch (error) {
      if (!(error instanceof ReportFileError)) throw error;
      problems.push(cannotReport(spec, error));
    }
  }
  return { files, printed, problems };
}

type Make = (write: (text: string) => void) => Reader;

/** Loaded when they are asked for: most runs want none, and should not wait for them. */
const MAKERS: Readonly<Record<ReportSpec["kind"], () => Promise<Make>>> = {
  junit: async () => (await import("../reporters/junit.ts")).junit,
  jsonl: async () => (await import("../reporters/jsonl.ts")).jsonl,
  github: async () => (await import("../reporters/github.ts")).github,
  html: async () => (await import("../reporters/html.ts")).html,
  sarif: async () => {
    const { sarif } = await import("../reporters/sarif.ts");
    const { SARIF_RULES } = await import("./sarif_rules.ts");
    return (write) => sarif(write, SARIF_RULES);
  },
};

function writtenTo(spec: ReportSpec, file: ReportFile, make: Make, io: Io): Written {
  const write = (text: string) => {
    if (written.failed) return;
    written.used = true;
    try {
      file.write(text);
    } catch (error) {
      fail(written, error, io);
    }
  };
  const written: Written = { spec, file, read: make(write), used: false, failed: false };
  return written;
}

function fail(written: Written, error: unknown, io: Io): void {
  if (!(error instanceof ReportFileError)) throw error;
  written.failed = true;
  written.file.abandon();
  io.err(`${cannotReport(written.spec, error).message}\n`);
}

function cannotReport(
  { kind, file }: ReportSpec,
  { message, hint }: ReportFileError,
): Diagnostic {
  return {
    severity: "error",
    code: "report",
    message: `Cannot report as ${kind} to "${file}": ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Gives the files their names. A run that was good is not when nobody can read of it. */
function kept(code: number, { files }: Opened, io: Io): number {
  for (const written of files) {
    if (written.failed) continue;
    // No run, such as a listing, or one without an end: what was there stays.
    if (!written.used) written.file.abandon();
    if (!written.used) continue;
    try {
      written.file.keep();
    } catch (error) {
      fail(written, error, io);
    }
  }
  return code === EXIT.ok && files.some(({ failed }) => failed) ? EXIT.usage : code;
}

async function readers(
  flags: ReportFlags,
  { files, printed }: Opened,
  region: Live,
): Promise<Reports & { refuse(error: InputError): void }> {
  const { io } = region;
  const machines: Reader[] = [...printed, ...files.map(({ read }) => read)];
  const people: Reader[] = [region.read];
  if (flags.json === true) machines.push((await MAKERS.jsonl())(io.out));
  else people.push(human(io.out, { diff: flags.diff === true, ...look() }));
  let mask = (text: string) => text;
  let [begun, ended] = [false, false];
  const say = (event: Event, to: readonly Reader[]) => {
    // Not before there is something to say: a listing is no run.
    if (!begun) {
      begun = true;
      for (const read of machines) read({ type: "version", format: 1, holdfast: VERSION });
    }
    const masked = maskEvent(event, mask);
    for (const read of to) read(masked);
  };
  const note = (diagnostics: readonly Diagnostic[]) => {
    const at = Date.now();
    for (const diagnostic of diagnostics) say({ type: "diagnostic", at, diagnostic }, machines);
  };
  return {
    io,
    hide: (hidden) => mask = hidden,
    emit: (event) => {
      ended ||= event.type === "run-end";
      say(event, [...people, ...machines]);
    },
    record: (event) => {
      ended ||= event.type === "run-end";
      say(event, machines);
    },
    note,
    refuse: ({ diagnostics }) => {
      // What was refused after the run, such as the place of its plan, has nowhere to stand.
      if (ended) return;
      note(diagnostics);
      const end = { type: "run-end", exitCode: EXIT.usage, hosts: {}, ms: 0 } as const;
      say({ ...end, at: Date.now() }, machines);
    },
  };
}

/** What standard output can show; it has no width where it is no terminal. */
function look(): { columns?: number; ascii: boolean } {
  const ascii = asciiWanted();
  return Deno.stdout.isTerminal() ? { columns: terminalSize().columns, ascii } : { ascii };
}
