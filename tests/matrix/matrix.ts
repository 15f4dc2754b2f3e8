/**
 * Runs cells of the matrix side by side, for tests and for the report.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import { type Outcome, runCell } from "./cell.ts";
import { cellName } from "./expectations.ts";
import { allPoints, type Cell, selection } from "./points.ts";
import { record, type Recorded, SCENARIOS } from "./scenario.ts";

/** Cells at the same time: they mostly wait, for daemons and for each other's daemons. */
const SIDE_BY_SIDE = 4;

/** Every how many faults one is tried at a step, by scenario; everything is in the report. */
export const STRIDES: Readonly<Record<string, number>> = {
  first: 15,
  reload: 9,
  restart: 15,
  profile: 15,
};

/** Why rooms cannot be made on this machine; says it loudly. In CI that is a failure. */
export async function roomsUnfit(): Promise<string | undefined> {
  const reason = await unfit();
  if (reason === undefined) return undefined;
  console.error(`SKIPPED: the fault matrix. ${reason}`);
  if (Deno.env.get("CI") === "true") throw new Error(`In CI the matrix must run: ${reason}`);
  return reason;
}

async function unfit(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") {
    return `Cannot make rooms on ${Deno.build.os}: they are namespaces`;
  }
  if (Deno.uid() !== 0) return "Cannot make rooms as an ordinary user: namespaces need root";
  for (const program of ["unshare", "nsenter", "perl", "flock", "useradd"]) {
    const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] })
      .output();
    if (!success) return `Cannot make rooms without the program ${program}`;
  }
  const { success, stderr } = await new Deno.Command("unshare", {
    args: [
      "-m",
      "-p",
      "-n",
      "-f",
      "--propagation",
      "private",
      "mount",
      "-t",
      "tmpfs",
      "none",
      "/mnt",
    ],
  }).output();
  return success ? undefined : `Cannot make namespaces: ${new TextDecoder().decode(stderr).trim()}`;
}

/** Plays a scenario without a fault and hands it over; its folder goes afterwards. */
export async function withRecord<T>(name: string, work: (it: Recorded) => Promise<T>): Promise<T> {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) throw new RangeError(`Cannot find scenario "${name}"`);
  const dir = await Deno.makeTempDir({ prefix: "holdfast-matrix-" });
  try {
    return await work(await record(scenario, dir));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The cells of a recorded deploy that are run: `HOLDFAST_MATRIX=all` means every one. */
export function cellsOf(recorded: Recorded, all: boolean): Cell[] {
  const stride = all ? 1 : STRIDES[recorded.scenario.name] ?? 1;
  return selection(allPoints(recorded), stride);
}

/** Runs cells; what becomes of each is said as soon as it is known. */
export async function runCells(
  cells: readonly Cell[],
  recorded: Recorded,
  heard: (outcome: Outcome) => void = () => {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of pooledMap(SIDE_BY_SIDE, cells, (cell) => tried(cell, recorded))) {
    outcomes.push(outcome);
    heard(outcome);
  }
  return outcomes;
}

async function tried(cell: Cell, recorded: Recorded): Promise<Outcome> {
  try {
    return await runCell(cell, recorded);
  } catch (error) {
    const wrong = [`the cell itself failed: ${error instanceof Error ? error.stack : error}`];
    return { cell, wrong, code: -1, ms: 0 };
  }
}

/** Failed cells with what is wrong, for a person. */
export function failuresText(outcomes: readonly Outcome[]): string {
  return outcomes.filter(({ wrong }) => wrong.length > 0)
    .map(({ cell, wrong }) => [cellName(cell), ...wrong.map((line) => `    ${line}`)].join("\n"))
    .join("\n");
}
