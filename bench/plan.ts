/**
 * Which runs the benchmark is made of, in their order. Pure.
 * @module
 */
import { keyOf, type Mode, type Row, type Run, type Scenario } from "./rows.ts";
import type { Wish } from "./wish.ts";

/** Runs on the same lab, which is made for them; those of `first` get a new one each. */
export interface Stage {
  /** Hosts of the lab. */
  readonly hosts: number;
  /** Whether every run wants hosts on which nothing was deployed. */
  readonly fresh: boolean;
  /** Its runs, in order. */
  readonly runs: readonly Run[];
}

/** Those that do the whole job. */
export const TOOLS = ["stock", "tuned", "mitogen", "holdfast"] as const satisfies readonly Mode[];

/** What is measured beside a converged host, for comparison. */
export const BESIDE = ["source", "floor", "start"] as const satisfies readonly Mode[];

/** The stages of a wish, in order; what takes longest comes last. */
export function stagesOf(wish: Wish): readonly Stage[] {
  const { two, first, twenty, hundred } = wish.rounds;
  const steady: readonly Scenario[] = ["converged", "check", "change"];
  return [
    { hosts: 2, fresh: false, runs: [...rounds(2, two, steady), ...looks(2, two)] },
    { hosts: 2, fresh: true, runs: firstRuns(first) },
    { hosts: 20, fresh: false, runs: [...rounds(20, twenty, ["converged"]), ...looks(20, twenty)] },
    {
      hosts: 100,
      fresh: false,
      runs: [
        ...rounds(100, hundred, ["converged"], ["holdfast"]),
        ...looks(100, hundred, ["holdfast"]),
      ],
    },
  ].filter(({ runs }) => runs.length > 0);
}

/** What of a stage is still to be made. */
export function leftOf(stage: Stage, rows: readonly Row[]): readonly Run[] {
  const made = new Set(rows.filter(({ fault }) => fault === undefined).map(keyOf));
  return stage.runs.filter((run) => !made.has(keyOf(run)));
}

/**
 * In turn within each round, so that a machine that grows slow is slow for all; each round begins
 * with another one, so that nobody always runs behind the same.
 */
function rounds(
  hosts: number,
  count: number,
  scenarios: readonly Scenario[],
  tools: readonly Mode[] = TOOLS,
): readonly Run[] {
  return numbers(count).flatMap((round) =>
    scenarios.flatMap((scenario) => {
      const beside: readonly Mode[] = scenario === "converged" ? BESIDE : [];
      return turned([...tools, ...beside], round - 1)
        .map((mode): Run => ({ scenario, hosts, round, mode, look: "time" }));
    })
  );
}

function firstRuns(count: number): readonly Run[] {
  return numbers(count).flatMap((round) =>
    turned([...TOOLS, "floor" as const], round - 1)
      .map((mode): Run => ({ scenario: "first", hosts: 2, round, mode, look: "time" }))
  );
}

/** Looks that cost time, in rounds of their own: one is enough for what is counted. */
function looks(hosts: number, count: number, tools: readonly Mode[] = TOOLS): readonly Run[] {
  if (count === 0) return [];
  const run = { scenario: "converged", hosts, round: 1 } as const;
  return [
    ...[...tools, "floor" as const].map((mode): Run => ({ ...run, mode, look: "traffic" })),
    ...tools.map((mode): Run => ({ ...run, mode, look: "memory" })),
  ];
}

function turned<T>(all: readonly T[], by: number): readonly T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
