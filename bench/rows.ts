/**
 * What is kept of every run of the benchmark: one line of JSON each, so that one that was cut goes on
 * where it was. Pure.
 * @module
 */
import { z } from "zod";

/**
 * Who does the job; `floor` is bare ssh to all hosts at once, which runs `true`, or the package manager
 * where there are no packages yet; `source` is Holdfast as its sources lie there, `start` is Deno with an
 * empty file.
 */
export const MODES = [
  "stock",
  "tuned",
  "mitogen",
  "holdfast",
  "source",
  "floor",
  "start",
] as const;

/** One of them. */
export type Mode = (typeof MODES)[number];

/** What there is to do: nothing, nothing and asked only, one file on every host, everything. */
export const SCENARIOS = ["converged", "check", "change", "first"] as const;

/** One of them. */
export type Scenario = (typeof SCENARIOS)[number];

/** What a run is looked at for: its time and CPU, its traffic, or its memory. Looking costs time. */
export const LOOKS = ["time", "traffic", "memory"] as const;

/** One of them. */
export type Look = (typeof LOOKS)[number];

const runShape = {
  scenario: z.enum(SCENARIOS),
  hosts: z.int().positive(),
  round: z.int().positive(),
  mode: z.enum(MODES),
  look: z.enum(LOOKS),
};

const rowSchema = z.strictObject({
  ...runShape,
  kind: z.literal("run"),
  at: z.int(),
  load: z.number(),
  wallMs: z.number(),
  cpuS: z.number(),
  hostsCpuS: z.number(),
  files: z.int(),
  changed: z.int().optional(),
  roundTrips: z.array(z.int()).optional(),
  connections: z.int().optional(),
  turns: z.int().optional(),
  bytesUp: z.int().optional(),
  bytesDown: z.int().optional(),
  peakMb: z.number().optional(),
  processes: z.int().optional(),
  fault: z.string().optional(),
});

const aboutSchema = z.strictObject({
  kind: z.literal("about"),
  at: z.int(),
  versions: z.array(z.string()),
  cores: z.int(),
  cpu: z.string(),
  memoryMb: z.int(),
  kernel: z.string(),
  arch: z.string(),
});

/** A run that is wanted. */
export type Run = {
  /** What there is to do. */
  readonly scenario: Scenario;
  /** On how many hosts. */
  readonly hosts: number;
  /** 1 and up; all modes have their turn in each. */
  readonly round: number;
  /** Who does it. */
  readonly mode: Mode;
  /** What it is looked at for. */
  readonly look: Look;
};

/**
 * A run that was made. Times are of the wall in milliseconds and of the CPU in seconds; `files` is
 * how many files of the job differ from before on all hosts together, counted alike for all modes,
 * `changed` what the tool itself says; a `fault` is a sentence, and such a run counts for nothing.
 */
export type Row = Readonly<z.infer<typeof rowSchema>>;

/** On what it was measured: written whenever the benchmark starts. */
export type About = Readonly<z.infer<typeof aboutSchema>>;

/** All that a file of rows holds. */
export interface Kept {
  /** The runs, oldest first. */
  readonly rows: readonly Row[];
  /** The machines, oldest first. */
  readonly abouts: readonly About[];
}

/**
 * Reads a file of rows. A last line that was cut short is passed over: its run is made again.
 * @throws {RangeError} with the number of any other line that is not understood
 */
export function readRows(text: string): Kept {
  const rows: Row[] = [];
  const abouts: About[] = [];
  const lines = text.split("\n");
  const cut = lines.length - 1;
  for (const [i, line] of lines.entries()) {
    if (line === "" || i === cut) continue;
    const found = z.discriminatedUnion("kind", [rowSchema, aboutSchema]).safeParse(jsonOf(line));
    if (!found.success) throw new RangeError(`Cannot read line ${i + 1} of the rows: ${line}`);
    if (found.data.kind === "run") rows.push(found.data);
    else abouts.push(found.data);
  }
  return { rows, abouts };
}

/** One line of a file of rows. */
export function rowText(row: Row | About): string {
  return `${JSON.stringify(row)}\n`;
}

/** What two runs of the same kind, round and mode have in common. */
export function keyOf({ scenario, hosts, round, mode, look }: Run): string {
  return [scenario, hosts, round, mode, look].join(" ");
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
