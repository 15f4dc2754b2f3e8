/**
 * What the project set itself, and whether the figures hold it. Pure.
 * @module
 */
import type { Row } from "./rows.ts";
import { longerBy, overFloor, ratioOf, runsOf, type Spread } from "./stats.ts";

/** One aim. */
interface Target {
  readonly about: string;
  /** What was measured; unset: nothing was. */
  readonly spread: Spread | undefined;
  readonly limit: number;
  /** Whether less is better. */
  readonly most: boolean;
}

const two = { scenario: "converged", hosts: 2 } as const;
const twenty = { scenario: "converged", hosts: 20 } as const;

function targets(rows: readonly Row[]): readonly Target[] {
  const faster = (
    mode: "tuned" | "mitogen",
    job: typeof two | typeof twenty,
    limit: number,
  ): Target => ({
    about: `converged on ${job.hosts} hosts: times faster than ${
      mode === "tuned" ? "tuned Ansible" : "Mitogen"
    }`,
    spread: ratioOf(rows, { ...job, mode }, "holdfast"),
    limit,
    most: false,
  });
  return [
    {
      about: "converged on 2 hosts, without Deno's start: times the floor",
      spread: overFloor(rows, { ...two, mode: "holdfast" }),
      limit: 1.5,
      most: true,
    },
    faster("tuned", two, 15),
    faster("mitogen", two, 9),
    faster("tuned", twenty, 20),
    faster("mitogen", twenty, 10),
    {
      about: "first deploy on 2 hosts: seconds longer than the package manager alone",
      spread: longerBy(rows, { scenario: "first", hosts: 2, mode: "holdfast" }, "floor"),
      limit: 2,
      most: true,
    },
    {
      about: "converged: requests after connecting, on the host that was sent most",
      spread: requests(rows),
      limit: 1,
      most: true,
    },
    {
      about: "converged, from 2 to 20 hosts or more: MB for each further host, its ssh among them",
      spread: memoryEach(rows),
      limit: 2.4,
      most: true,
    },
  ];
}

/** A line for each aim: what was aimed at, the median that was measured, and whether it holds. */
export function targetsText(rows: readonly Row[]): string {
  const lines = targets(rows).map(({ about, spread, limit, most }) => {
    const held = spread === undefined
      ? "not measured"
      : (most ? spread.median <= limit : spread.median >= limit)
      ? "yes"
      : "no";
    const measured = spread === undefined ? "-" : String(Number(spread.median.toFixed(2)));
    return `| ${about} | ${most ? "at most" : "at least"} ${limit} | ${measured} | ${held} |`;
  });
  return ["| | Aim | Median | Held |", "|---|--:|--:|--:|", ...lines].join("\n");
}

/** What the controller holds more with the most hosts than with 2, for each of them. */
function memoryEach(rows: readonly Row[]): Spread | undefined {
  const peak = (hosts: number) =>
    runsOf(rows, { scenario: "converged", hosts, mode: "holdfast", look: "memory" }).at(-1)?.peakMb;
  const few = peak(2);
  const most = [100, 20].find((hosts) => peak(hosts) !== undefined);
  if (few === undefined || most === undefined) return undefined;
  const each = ((peak(most) ?? NaN) - few) / (most - 2);
  return { median: each, min: each, max: each, count: 1 };
}

function requests(rows: readonly Row[]): Spread | undefined {
  const counts = [2, 20, 100].flatMap((hosts) =>
    runsOf(rows, { scenario: "converged", hosts, mode: "holdfast" })
      .flatMap(({ roundTrips = [] }) => roundTrips)
  );
  if (counts.length === 0) return undefined;
  const most = Math.max(...counts);
  return { median: most, min: Math.min(...counts), max: most, count: counts.length };
}
