/**
 * The blast radius of an endpoint: what every single and every double loss leaves of it. Works on
 * the inventory alone: nothing is contacted, and nothing here knows a clock or a file.
 * @module
 */
import type { Endpoint } from "../model.ts";
import { type Gone, goneWith, type Loss, lossesOf, pairsOf } from "./losses.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { type FindHosts, type Site, siteOf, type SiteOptions } from "./site.ts";

/** One or two losses at the same time, and what they leave. */
export interface Case {
  /** What is lost. */
  readonly lost: readonly Loss[];
  /** Everything that is gone with it. */
  readonly gone: Gone;
  /** What is left. */
  readonly outcome: Outcome;
}

/** What an endpoint outlives. */
export interface Simulation {
  /** The endpoint. */
  readonly endpoint: Endpoint;
  /** What it stands on. */
  readonly site: Site;
  /** As it is while nothing is lost. */
  readonly whole: Outcome;
  /** Every single loss. */
  readonly singles: readonly Case[];
  /** Every two losses, neither of which holds all of the other. */
  readonly doubles: readonly Case[];
}

/**
 * Loses everything that an endpoint stands on, one by one and two by two.
 * @throws {TaskError} when the priorities set by hand leave no weight that works
 */
export function simulate(
  endpoint: Endpoint,
  find: FindHosts,
  options: SiteOptions = {},
): Simulation {
  const site = siteOf(endpoint, find, options);
  const losses = lossesOf(site);
  const caseOf = (lost: readonly Loss[]): Case => {
    const gone = goneWith(lost);
    return { lost, gone, outcome: outcomeOf(site, gone) };
  };
  return {
    endpoint,
    site,
    whole: outcomeOf(site, goneWith([])),
    singles: losses.map((loss) => caseOf([loss])),
    doubles: pairsOf(losses).map(caseOf),
  };
}

/** Whether one loss takes it down that is up while nothing is lost. */
export function fallsToOne({ whole, singles }: Simulation): boolean {
  return whole.answered && singles.some(({ outcome }) => !outcome.answered);
}
