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
  const own = simulation.service === undefined;
  const down = simulation.whole.answered
    ? simulation.singles.filter(({ outcome }) => !outcome.answered)
    : [];
  const reasons = Map.groupBy(least(down), ({ outcome }) => outcome.why);
  return [
    ...[...reasons].filter(([why]) => own || why !== "no-holder")
      .map(([, cases]) => singleLoss(simulation, cases, places)),
    ...simulation.singles.filter(({ lost, outcome }) =>
      own && lost.some((loss) => isShared(loss)) && outcome.why !== "no-holder"
    ).map((it) => sharedDomain(it, places)),
  ];
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
  const domain = cases.flatMap(({ lost }) => lost).some(({ kind }) => kind === "failure-domain");
  const elsewhere = domain ? "a part of them in another failure domain" : undefined;
  switch (why) {
    case "no-quorum":
      if (elsewhere !== undefined && servers > 2) return "the API servers in three failure domains";
      return "three API servers, or --external-etcd where etcd does not run beside them";
    case "no-backend":
      return elsewhere ?? "a second API server";
    default:
      return elsewhere ?? "a second load balancer in the group";
  }
}

/** Load balancers that are lost together, while others are left. */
function sharedDomain({ lost: [loss] }: Case, places: Places): Diagnostic {
  const { name = "", balancers = [] } = loss ?? {};
  const source = places.domain(balancers.at(-1) ?? "");
  return {
    severity: "warning",
    code: "shared-domain",
    message: `Load balancers ${both(balancers.map((it) => quote(it)))} are lost together: ` +
      `all of them are in failure domain ${quote(name)}`,
    ...(source === undefined ? {} : { source }),
    hint: "a failure domain for each of them",
  };
}

function placeOf(
  endpoint: string,
  service: string | undefined,
  found: Case | undefined,
  places: Places,
): Source | undefined {
  const [loss] = found?.lost ?? [];
  const balancer = loss?.balancers.at(-1);
  if (balancer === undefined || found?.outcome.why !== "no-holder") {
    return places.backends(endpoint, service);
  }
  return loss?.kind === "failure-domain" ? places.domain(balancer) : places.host(balancer);
}

/** `"lb1"`, `failure domain "esx-01" ("lb1", "m1")`. */
function called({ kind, name, balancers, servers }: Loss): string {
  if (kind !== "failure-domain") return quote(name);
  const members = [...new Set([...balancers, ...servers])].map((it) => quote(it));
  return `failure domain ${quote(name)} (${members.join(", ")})`;
}

const either = (words: readonly string[]) => joined(words, "or");
const both = (words: readonly string[]) => joined(words, "and");

function joined(words: readonly string[], last: string): string {
  return [words.slice(0, -1).join(", "), words.at(-1) ?? ""].filter((it) => it !== "")
    .join(` ${last} `);
}
