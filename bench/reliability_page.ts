/**
 * The parts of docs/reliability.md that are made: the points of the fault matrix, and what became of
 * them. Pure.
 * @module
 */

/** The points of one scenario. */
export interface Points {
  /** One word. */
  readonly scenario: string;
  /** What it is. */
  readonly title: string;
  /** Requests to its hosts that something can happen to. */
  readonly steps: number;
  /** All points. */
  readonly all: number;
  /** Points of every test run. */
  readonly tested: number;
}

/** What became of one point. */
export interface Result {
  /** Scenario, or `real hosts`. */
  readonly scenario: string;
  /** What the step was for. */
  readonly step: string;
  /** Row of the matrix: `host power-off`. */
  readonly fault: string;
  /** Whether everything held. */
  readonly passed: boolean;
}

/** Where and when it ran. */
export interface Circumstances {
  /** Day: `2026-11-27`. */
  readonly day: string;
  /** Versions, as words: `HAProxy 2.6.12`. */
  readonly versions: readonly string[];
}

/** How many points there are; a row for each scenario, and one for real hosts. */
export function pointsText(scenarios: readonly Points[], realHosts: number): string {
  return [
    "| Deploy | What it is | Steps | Points | In every test run |",
    "|---|---|--:|--:|--:|",
    ...scenarios.map(pointsRow),
    `| \`real hosts\` | a change that both daemons reload, in the lab | - | ${realHosts} | with \`test:full\` |`,
  ].join("\n");
}

function pointsRow({ scenario, title, steps, all, tested }: Points): string {
  return `| \`${scenario}\` | ${title} | ${steps} | ${all} | ${tested} |`;
}

/** The numbers of a scenario's row in a page: steps, points, and points of every test run. */
export function numbersIn(page: string, scenario: string): readonly number[] {
  const row = page.split("\n").find((line) => line.startsWith(`| \`${scenario}\` `)) ?? "";
  return row.split("|").slice(3, 6).map((cell) => Number(cell.trim()));
}

/** What became of every point: for each deploy a table of faults by steps, `passed/points`. */
export function resultsText(results: readonly Result[], when: Circumstances): string {
  const passed = results.filter((one) => one.passed).length;
  const head = `Run on ${when.day}: ${passed} of ${results.length} points passed. Versions: ${
    when.versions.join(", ")
  }.`;
  const scenarios = unique(results.map(({ scenario }) => scenario));
  return [
    head,
    ...scenarios.map((name) => tableText(name, results.filter((one) => one.scenario === name))),
  ].join("\n\n");
}

function tableText(scenario: string, results: readonly Result[]): string {
  const steps = unique(results.map(({ step }) => step));
  const faults = unique(results.map(({ fault }) => fault));
  return [
    `### \`${scenario}\``,
    "",
    `| Fault | ${steps.join(" | ")} |`,
    `|---|${steps.map(() => "--:|").join("")}`,
    ...faults.map((fault) => {
      const cells = steps.map((step) =>
        countText(results.filter((one) => one.fault === fault && one.step === step))
      );
      return `| ${fault} | ${cells.join(" | ")} |`;
    }),
  ].join("\n");
}

function countText(results: readonly Result[]): string {
  if (results.length === 0) return "";
  return `${results.filter(({ passed }) => passed).length}/${results.length}`;
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
