/**
 * What is left of an endpoint when something is gone, after the election has settled. Pure.
 * @module
 */
import type { Gone } from "./losses.ts";
import type { Balancer, Site } from "./site.ts";

/** What is left. */
export interface Outcome {
  /** Who holds the address; unset: nobody. */
  readonly holder?: string;
  /** The holder's priority then; lowered while it sees no API server. */
  readonly priority?: number;
  /** API servers that are left. */
  readonly backends: number;
  /** Whether etcd has its quorum; unset: it runs elsewhere. */
  readonly quorum?: boolean;
  /** Whether clients get an answer of an API server that works. */
  readonly answered: boolean;
  /** Why they do not, the first of these that is true. */
  readonly why?: "no-holder" | "no-backend" | "no-quorum";
}

/** What is left of an endpoint without what is gone. */
export function outcomeOf(site: Site, gone: Gone): Outcome {
  const balancers = site.balancers.filter(({ name }) => !gone.balancers.includes(name));
  const backends = site.servers.filter(({ name }) => !gone.servers.includes(name)).length;
  const quorum = site.quorum === undefined ? undefined : backends >= site.quorum;
  const ready = backends > 0 && !(site.asksReadiness && quorum === false);
  const holder = elected(balancers, ready ? 0 : site.weight);
  const why = holder === undefined
    ? "no-holder"
    : backends === 0
    ? "no-backend"
    : quorum === false
    ? "no-quorum"
    : undefined;
  return {
    ...holder,
    backends,
    ...(quorum === undefined ? {} : { quorum }),
    answered: why === undefined,
    ...(why === undefined ? {} : { why }),
  };
}

/**
 * Who wins the election. Those that are left all see the same API servers, so all of them lose the
 * weight or nobody does; where that brings two to the lowest priority there is, the one before the
 * other stays, as a holder does that hears its own priority.
 */
function elected(
  balancers: readonly Balancer[],
  weight: number,
): Pick<Outcome, "holder" | "priority"> | undefined {
  const [first] = balancers.toSorted((a, b) => b.priority - a.priority);
  // Keepalived never goes below 1.
  return first && { holder: first.name, priority: Math.max(1, first.priority + weight) };
}
