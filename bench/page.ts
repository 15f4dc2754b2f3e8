/**
 * The part of docs/performance.md that is made: what was measured, and on what. Pure.
 * @module
 */
import { BESIDE, stagesOf, TOOLS } from "./plan.ts";
import type { About, Look, Mode, Row, Scenario } from "./rows.ts";
import { type Cell, ratioOf, runsOf, type Spread, spreadIn } from "./stats.ts";
import { targetsText } from "./targets.ts";
import { wishOf } from "./wish.ts";

/** What a mode is called. */
export const NAMES: Readonly<Record<Mode, string>> = {
  stock: "Ansible",
  tuned: "Ansible, tuned",
  mitogen: "Mitogen",
  holdfast: "Holdfast",
  source: "Holdfast, sources",
  floor: "floor",
  start: "empty Deno script",
};

/** What a scenario is called. */
export const JOBS: Readonly<Record<Scenario, string>> = {
  converged: "converged",
  check: "check",
  change: "one file changed",
  first: "first deploy",
};

/** What there is to do, on how many hosts. */
export type Job = Pick<Cell, "scenario" | "hosts">;

/** Every job that there is, in order. */
export const ALL: readonly Job[] = [
  { scenario: "converged", hosts: 2 },
  { scenario: "check", hosts: 2 },
  { scenario: "change", hosts: 2 },
  { scenario: "first", hosts: 2 },
  { scenario: "converged", hosts: 20 },
  { scenario: "converged", hosts: 100 },
];

/** All figures; what has no run has no figure, and the last part says so. */
export function figuresText(about: About, rows: readonly Row[]): string {
  const jobs = ALL.filter((job) => TOOLS.some((mode) => runsOf(rows, { ...job, mode }).length > 0));
  return [
    machineText(about, rows),
    section(
      "Wall time",
      "Seconds: median (min - max). The floor is `ssh HOST true` on all hosts at once; of a first " +
        "deploy it is the package manager instead of `true`.",
      walls(rows, jobs),
    ),
    section(
      "How many times as long as Holdfast",
      "Within the same round: median (min - max).",
      ratios(rows, jobs),
    ),
    section("What was aimed at", "", targetsText(rows)),
    section(
      "CPU time",
      "Seconds: median, on the controller / on all hosts together.",
      cpu(rows, jobs),
    ),
    section(
      "Memory of the controller",
      "Converged: MB at the highest, and how many processes had it then.",
      memory(rows),
    ),
    section(
      "Traffic",
      "Converged, for each host: what one run sends through ssh's connections.",
      traffic(rows),
    ),
    section("What was run", "", runText(rows)),
  ].join("\n\n");
}

function section(title: string, about: string, text: string): string {
  return [`## ${title}`, ...(about === "" ? [] : [about]), text].join("\n\n");
}

function machineText(about: About, rows: readonly Row[]): string {
  const days = [...new Set(rows.map(({ at }) => new Date(at).toISOString().slice(0, 10)))]
    .toSorted();
  const when = days.length > 1 ? `from ${days[0]} to ${days.at(-1)}` : `on ${days[0]}`;
  const loads = rows.map(({ load }) => load);
  return `Measured ${when}, controller and hosts on the same machine: ${about.cores} cores (${about.cpu}, ` +
    `${about.arch}), ${
      Math.round(about.memoryMb / 1000)
    } GB, Linux ${about.kernel}. Its load average was ` +
    `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} when runs began.\n\n` +
    `Versions: ${about.versions.join(", ")}.`;
}

function walls(rows: readonly Row[], jobs: readonly Job[]): string {
  const modes = [...TOOLS, ...BESIDE];
  return table(
    ["Job", "Hosts", ...modes.map((mode) => NAMES[mode])],
    jobs.map((job) => [
      ...head(job),
      ...modes.map((mode) =>
        spreadText(spreadIn(rows, { ...job, mode }, ({ wallMs }) => wallMs / 1000))
      ),
    ]),
  );
}

function ratios(rows: readonly Row[], jobs: readonly Job[]): string {
  const modes = TOOLS.filter((mode) => mode !== "holdfast");
  const found = jobs.filter((job) =>
    modes.some((mode) => ratioOf(rows, { ...job, mode }, "holdfast") !== undefined)
  );
  return table(
    ["Job", "Hosts", ...modes.map((mode) => NAMES[mode])],
    found.map((job) => [
      ...head(job),
      ...modes.map((mode) => spreadText(ratioOf(rows, { ...job, mode }, "holdfast"), 1)),
    ]),
  );
}

function cpu(rows: readonly Row[], jobs: readonly Job[]): string {
  const modes = [...TOOLS, "source" as const, "floor" as const];
  const of = (job: Job, mode: Mode) => {
    const own = spreadIn(rows, { ...job, mode }, ({ cpuS }) => cpuS);
    const hosts = spreadIn(rows, { ...job, mode }, ({ hostsCpuS }) => hostsCpuS);
    return own === undefined || hosts === undefined
      ? "-"
      : `${own.median.toFixed(2)} / ${hosts.median.toFixed(2)}`;
  };
  return table(
    ["Job", "Hosts", ...modes.map((mode) => NAMES[mode])],
    jobs.map((job) => [...head(job), ...modes.map((mode) => of(job, mode))]),
  );
}

function memory(rows: readonly Row[]): string {
  return looked(rows, "memory", ["MB", "Processes"], ({ peakMb = NaN, processes = NaN }) => [
    peakMb.toFixed(0),
    `${processes}`,
  ]);
}

function traffic(rows: readonly Row[]): string {
  const titles = ["Connections", "Turns", "kB to it", "kB from it", "Requests, by its own count"];
  return looked(rows, "traffic", titles, (row) => {
    const { hosts, connections = NaN, turns = NaN, bytesUp = NaN, bytesDown = NaN } = row;
    const trips = row.roundTrips === undefined ? "-" : [...new Set(row.roundTrips)].join(" to ");
    const each = (value: number, digits: number) =>
      (value / hosts).toFixed(Number.isInteger(value / hosts) && digits === 0 ? 0 : 1);
    return [
      each(connections, 0),
      each(turns, 0),
      each(bytesUp / 1000, 1),
      each(bytesDown / 1000, 1),
      trips,
    ];
  });
}

function looked(
  rows: readonly Row[],
  look: Look,
  titles: readonly string[],
  cells: (row: Row) => readonly string[],
): string {
  const lines = [2, 20, 100].flatMap((hosts) =>
    [...TOOLS, "floor" as const].flatMap((mode) => {
      const row = runsOf(rows, { scenario: "converged", hosts, mode, look }).at(-1);
      return row === undefined ? [] : [[`${hosts}`, NAMES[mode], ...cells(row)]];
    })
  );
  return lines.length === 0 ? "Not measured." : table(["Hosts", "", ...titles], lines);
}

/** How many rounds each cell has; what is missing of a whole benchmark is named. */
function runText(rows: readonly Row[]): string {
  const whole = wishOf([]);
  const planned = typeof whole === "string" ? [] : stagesOf(whole).flatMap(({ runs }) => runs);
  const lines = ALL.map((job) => {
    const modes: readonly Mode[] = [...TOOLS, ...BESIDE];
    return [
      ...head(job),
      ...modes.map((mode) => {
        const want = planned.filter((run) =>
          run.look === "time" && run.mode === mode && run.hosts === job.hosts &&
          run.scenario === job.scenario
        ).length;
        const have = runsOf(rows, { ...job, mode }).length;
        if (want === 0 && have === 0) {
          return "-";
        }
        return have === 0 ? "not run" : have < want ? `${have} of ${want}` : `${have}`;
      }),
    ];
  });
  const faults = rows.filter(({ fault }) => fault !== undefined).length;
  const said = faults === 0
    ? "No run failed."
    : `${faults} runs failed or did not leave the hosts as they should, and count for nothing.`;
  const titles = [
    "Job",
    "Hosts",
    ...[...TOOLS, ...BESIDE].map((it) => NAMES[it]),
  ];
  return `Rounds that count. ${said}\n\n${table(titles, lines)}`;
}

function head({ scenario, hosts }: Job): readonly string[] {
  return [JOBS[scenario], `${hosts}`];
}

function spreadText(spread: Spread | undefined, digits = 2): string {
  if (spread === undefined) return "-";
  const [median, min, max] = [spread.median, spread.min, spread.max].map((it) =>
    it.toFixed(digits)
  );
  return spread.count === 1 ? `${median}` : `${median} (${min} - ${max})`;
}

function table(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = titles.map((_, i) => i === 0 ? "---" : "--:");
  return [row(titles), `|${rule.join("|")}|`, ...lines.map(row)].join("\n");
}
