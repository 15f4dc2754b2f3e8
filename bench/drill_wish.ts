/**
 * The words after `deno task drills:report`. Pure.
 * @module
 */
import type { Profile } from "./drill_figures.ts";

/** What a report is made of. */
export interface ReportWish {
  /** How often the drills are run with each profile; 0: not at all. */
  readonly rounds: Readonly<Record<Profile, number>>;
  /** Folder of the runs' events; empty: a new one. */
  readonly runs: string;
}

const USAGE = "Usage: deno task drills:report [--rounds N] [--guide-rounds N] [--runs DIR]";

/** Reads the words, or gives a sentence about what is wrong with them. */
export function wishOf(words: readonly string[]): ReportWish | string {
  const values = new Map([["--rounds", "5"], ["--guide-rounds", "1"], ["--runs", ""]]);
  for (let i = 0; i < words.length; i += 2) {
    const [flag = "", value] = words.slice(i);
    if (!values.has(flag)) return `Cannot report on drills: no option ${flag}\n${USAGE}`;
    if (value === undefined || value === "") {
      return `Cannot report on drills: ${flag} needs a value\n${USAGE}`;
    }
    values.set(flag, value);
  }
  const counts = ["--rounds", "--guide-rounds"].map((flag) => values.get(flag) ?? "");
  const wrong = counts.find((text) => !/^\d{1,3}$/.test(text));
  if (wrong !== undefined) {
    return `Cannot report on drills: expected a number of rounds, not "${wrong}"\n${USAGE}`;
  }
  const [rounds = 0, guide = 0] = counts.map(Number);
  return {
    rounds: { standard: rounds, fast: rounds, guide },
    runs: values.get("--runs") ?? "",
  };
}
