/**
 * The blast radius of an endpoint: what every single and every double loss leaves of each of its
 * services. Works on the inventory alone: nothing is contacted, and nothing here knows a clock or a
 * file.
 * @module
 */
import type { Endpoint } from "../model.ts";
import { servicesOf } from "../services.ts";
import { type Gone, goneElsewhere, goneWith, type Loss, lossesOf, pairsOf } from "./losses.ts";
import { type Outcome, outcomeOf, serversLeft } from "./outcome.ts";
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

/** What a service of an endpoint outlives. */
export interface Simulation {
  /** Name of a further service; unset: the endpoint's own. */
  readonly service?: string;
  /** The endpoint, as if it had this service alone. */
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
 * Loses everything that the services of an endpoint stand on, one by one and two by two. The
 * endpoint's own service is the first. What one of them does not stand on is no loss of it, and how
 * the load balancers elect does depend on all of them.
 * @throws {TaskError} when the priorities set by hand leave no weight that works
 */
export function simulate(
  endpoint: Endpoint,
  find: FindHosts,
  options: SiteOptions = {},
): readonly Simulation[] {
  const services = servicesOf(endpoint);
  const sites = services.map((it) => siteOf(endpoint, it, find, options));
  return sites.flatMap((site, i) => {
    const { name, endpoint: alone } = services[i] ?? { name: undefined, endpoint };
    const simulation = ofOne(site, sites.filter((it) => it !== site));
    return [{ ...(name === undefined ? {} : { service: name }), endpoint: alone, ...simulation }];
  });
}

/** Loses everything that one service stands on. */
function ofOne(
  site: Site,
  others: readonly Site[],
): Pick<Simulation, "site" | "whole" | "singles" | "doubles"> {
  const caseOf = (lost: readonly Loss[]): Case => {
    const gone = goneWith(lost);
    const unready = others.filter((it) => !serversLeft(it, goneElsewhere(lost, site, it)).ready);
    return { lost, gone, outcome: outcomeOf(site, gone, unready.length) };
  };
  const losses = lossesOf(site);
  return {
    site,
    whole: caseOf([]).outcome,
    singles: losses.map((loss) => caseOf([loss])),
    doubles: pairsOf(losses).map(caseOf),
  };
}

/** Whether one loss takes it down that is up while nothing is lost. */
export function fallsToOne({ whole, singles }: Simulation): boolean {
  return whole.answered && singles.some(({ outcome }) => !outcome.answered);
}
