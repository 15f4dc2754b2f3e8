/**
 * The parts of docs/drills.md that are made: what each drill is, and what was measured. Pure.
 * @module
 */
import type { Drill } from "../src/drills/model.ts";
import type { Profile, Row } from "./drill_figures.ts";

/** Where and when it was measured. */
export interface Machine {
  /** Days of the first and the last run: `2026-11-22`. */
  readonly days: readonly [first: string, last: string];
  /** Cores. */
  readonly cores: number;
  /** Architecture. */
  readonly arch: string;
  /** Release of the kernel. */
  readonly kernel: string;
  /** Load averages at the beginning of each run. */
  readonly loads: readonly number[];
  /** Part of the time in which the probers stood still, 0 to 1. */
  readonly stalled: number;
  /** Versions, as words: `Debian 12`, `HAProxy 2.6.12`. */
  readonly versions: readonly string[];
}

/** What was measured with one profile. */
export interface Measured {
  /** Which one. */
  readonly profile: Profile;
  /** How often each drill was run. */
  readonly rounds: number;
  /** Drill by drill. */
  readonly rows: readonly Row[];
}

const FIGURES: Readonly<Record<Row["figure"], string>> = {
  outageMs: "outage",
  returnMs: "return",
  recoveryMs: "recovery",
  degradedMs: "degraded",
};

/** A list of all drills: what breaks, and what it stands for. */
export function catalogueText(drills: readonly Drill[]): string {
  const rows = drills.map(({ name, suite, title, about }) =>
    `| \`${name}\` | ${suite} | **${title}**: ${about} |`
  );
  return ["| Drill | Suite | What breaks, and what must happen |", "|---|---|---|", ...rows].join(
    "\n",
  );
}

/** The figures of all profiles, and on what they were measured. */
export function figuresText(machine: Machine, all: readonly Measured[]): string {
  return [machineText(machine, all), ...all.map(profileText)].join("\n\n");
}

/**
 * Puts text between the two markers of a name in a page: `<!-- NAME: begin -->`.
 * @throws {RangeError} when the page has no such markers
 */
export function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) {
    throw new RangeError(`Cannot write part "${name}" of a page: expected ${begin} and ${end}`);
  }
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

function machineText(machine: Machine, all: readonly Measured[]): string {
  const { days: [first, last], cores, arch, kernel, loads, stalled, versions } = machine;
  const when = first === last ? `on ${first}` : `from ${first} to ${last}`;
  const load = loads.length === 0
    ? ""
    : ` It did other work too: its load average was ${one(Math.min(...loads))} to ${
      one(Math.max(...loads))
    } when runs began.`;
  const rounds = all.map(({ profile, rounds }) => `${counted(rounds, "round")} of \`${profile}\``);
  return `Measured ${when}, ${rounds.join(", ")}, on two load balancers and three API servers of ` +
    `[the lab](lab.md): all of them and the prober on one machine with ${counted(cores, "core")} ` +
    `(${arch}, Linux ${kernel}).${load} The prober stood still for ${
      (stalled * 100).toFixed(1)
    } % of the time. Versions: ${versions.join(", ")}.`;
}

function profileText({ profile, rows }: Measured): string {
  const limits = rows.some(({ limitMs }) => limitMs !== undefined);
  const head = ["Drill", "Figure", "Predicted", "Median", "Min - max", "Longest without an answer"];
  const rest = ["Failed requests", "Two holders", "Passed", "Made again"];
  const titles = [...head, ...limits ? ["Limit"] : [], ...rest];
  const lines = rows.map((row) => cells(row, limits).join(" | ")).map((line) => `| ${line} |`);
  return [
    `### \`${profile}\``,
    "",
    `| ${titles.join(" | ")} |`,
    `|${titles.map((_, i) => i < 2 ? "---|" : "--:|").join("")}`,
    ...lines,
  ].join("\n");
}

function cells(row: Row, limits: boolean): readonly string[] {
  const { judged, verdicts } = row.history;
  const { pass, fail, unknown } = verdicts;
  return [
    `\`${row.drill}\``,
    FIGURES[row.figure],
    ms(row.predictedMs),
    ms(judged?.median),
    judged === undefined ? "-" : rangeText(judged.min, judged.max),
    ms(row.worstMs),
    ...limits ? [row.limitMs === undefined ? "-" : `< ${ms(row.limitMs)}`] : [],
    row.failures === 0 ? "none" : `at most ${row.failures}`,
    ms(row.twoHoldersMs),
    `${pass} of ${pass + fail + unknown}`,
    `${row.spoiled}`,
  ];
}

function rangeText(min: number, max: number): string {
  const [from, to] = [ms(min), ms(max)];
  return from === to ? from : `${from} - ${to}`;
}

function ms(value: number | undefined): string {
  if (value === undefined) return "-";
  return value < 0.5 ? "none" : `${Math.round(value).toLocaleString("en-US")} ms`;
}

const one = (value: number) => value.toFixed(1);
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
