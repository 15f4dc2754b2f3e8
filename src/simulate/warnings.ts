/**
 * What a person should know of a simulation: losses that nothing is behind, and load balancers that
 * only look like two. Text only.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Diagnostic, Source } from "../model.ts";
import { holds, type Loss } from "./losses.ts";
import type { Outcome } from "./outcome.ts";
import type { Case, Simulation } from "./simulate.ts";

/** Where the inventory says something; undefined: on the command line. */
export interface Places {
  /** Where the backends of an endpoint are named, or those of a further service. */
  backends(endpoint: string, service?: string): Source | undefined;
  /** Where a host is written. */
  host(name: string): Source | undefined;
  /** Where the failure domain of a host is written, or else the host. */
  domain(name: string): Source | undefined;
}

/**
 * Every single loss that takes a service down, by reason, and every shared failure domain. What
 * concerns the load balancers is said for the endpoint's own service alone: they have all of them.
 */
export function warningsOf(simulation: Simulation, places: Places): readonly Diagnostic[] {
  const { down, shared } = warnedCases(simulation);
  const reasons = Map.groupBy(down, ({ outcome }) => outcome.why);
  return [
    ...[...reasons.values()].map((cases) => singleLoss(simulation, cases, places)),
    ...shared.map((it) => sharedDomain(it, places)),
  ];
}

/** The losses that some warning names. */
export function warnedLosses(simulation: Simulation): readonly Loss[] {
  const { down, shared } = warnedCases(simulation);
  return [...down, ...shared].flatMap(({ lost }) => lost);
}

function warnedCases({ service, whole, singles }: Simulation) {
  const own = service === undefined;
  const down = whole.answered ? singles.filter(({ outcome }) => !outcome.answered) : [];
  return {
    /** Those that take the service down. */
    down: least(down).filter(({ outcome }) => own || outcome.why !== "no-holder"),
    /** Those that take several load balancers along, and not all of them. */
    shared: singles.filter(({ lost, outcome }) =>
      own && lost.some((loss) => isShared(loss)) && outcome.why !== "no-holder"
    ),
  };
}

/** Without those that are down because less than they lose is down already. */
function least(cases: readonly Case[]): readonly Case[] {
  return cases.filter((it, i) =>
    !cases.some(({ gone }, j) =>
      j !== i && holds(it.gone, gone) && (j < i || !holds(gone, it.gone))
    )
  );
}

function isShared({ kind, balancers }: Loss): boolean {
  return kind === "failure-domain" && balancers.length > 1;
}

/** One warning for all losses with the same effect, so that four of a kind are not four warnings. */
function singleLoss(
  { endpoint: { name }, service, site }: Simulation,
  cases: readonly Case[],
  places: Places,
): Diagnostic {
  const [first] = cases;
  const { why, backends } = first?.outcome ?? { why: undefined, backends: 0 };
  const lost = either(cases.flatMap((it) => it.lost).map(called));
  const left = `${backends} of ${site.servers.length}`;
  const who = service === undefined
    ? `Endpoint ${quote(name)}`
    : `Service ${quote(service)} of endpoint ${quote(name)}`;
  const message = `${who} does not outlive one loss: without ${lost} ` + {
    "no-holder": "no load balancer is left",
    "no-backend": "no API server is left",
    "no-quorum": `etcd has no quorum: ${left} members are left, ${site.quorum ?? 0} are needed`,
  }[why ?? "no-holder"];
  const source = placeOf(name, service, first, places);
  return {
    severity: "warning",
    code: "single-loss",
    message,
    ...(source === undefined ? {} : { source }),
    hint: hintOf(why, cases, site.servers.length),
  };
}

function hintOf(
  why: Outcome["why"],
  cases: readonly Case[],
  servers: number,
): string {
  const domain = cases.flatMap(({ lost }) => lost).find(({ kind }) => kind === "failure-domain");
  const physical = domain?.physical === true;
  const elsewhere = domain && (physical ? "on another host" : "in another failure domain");
  switch (why) {
    case "no-quorum":
      if (elsewhere !== undefined && servers > 2) {
        return `the API servers ${physical ? "on three hosts" : "in three failure domains"}`;
      }
      return "three API servers, or --external-etcd where etcd does not run beside them";
    case "no-backend":
      return elsewhere === undefined ? "a second API server" : `a part of them ${elsewhere}`;
    default:
      if (elsewhere !== undefined) return `a part of them ${elsewhere}`;
      return "a second load balancer in the group";
  }
}

/** Load balancers that are lost together, while others are left. */
function sharedDomain({ lost: [loss] }: Case, places: Places): Diagnostic {
  const { name = "", balancers = [], physical = false } = loss ?? {};
  const source = loss && balancerPlace(loss, places);
  return {
    severity: "warning",
    code: physical ? "shared-host" : "shared-domain",
    message: `Load balancers ${both(balancers.map((it) => quote(it)))} are lost together: ` +
      `all of them are ${physical ? "on host" : "in failure domain"} ${quote(name)}`,
    ...(source === undefined ? {} : { source }),
    hint: `a ${physical ? "host" : "failure domain"} for each of them`,
  };
}

function placeOf(
  endpoint: string,
  service: string | undefined,
  found: Case | undefined,
  places: Places,
): Source | undefined {
  const [loss] = found?.lost ?? [];
  if (loss === undefined || loss.balancers.length === 0 || found?.outcome.why !== "no-holder") {
    return places.backends(endpoint, service);
  }
  return balancerPlace(loss, places);
}

/** Where the last load balancer that is lost is written; what it declares, if that is the reason. */
function balancerPlace({ kind, balancers, physical }: Loss, places: Places): Source | undefined {
  const declared = kind === "failure-domain" && physical !== true;
  return places[declared ? "domain" : "host"](balancers.at(-1) ?? "");
}

/** `"lb1"`, `failure domain "esx-01" ("lb1", "m1")`, `host "esx-01" ("lb1", "m1")`. */
function called({ kind, name, balancers, servers, physical }: Loss): string {
  if (kind !== "failure-domain") return quote(name);
  const members = [...new Set([...balancers, ...servers])].map((it) => quote(it));
  return `${physical ? "host" : "failure domain"} ${quote(name)} (${members.join(", ")})`;
}

const either = (words: readonly string[]) => joined(words, "or");
const both = (words: readonly string[]) => joined(words, "and");

function joined(words: readonly string[], last: string): string {
  return [words.slice(0, -1).join(", "), words.at(-1) ?? ""].filter((it) => it !== "")
    .join(` ${last} `);
}
