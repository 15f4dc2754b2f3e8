/**
 * What is left of a service when something is gone, after the election has settled. Pure.
 * @module
 */
import type { Gone } from "./losses.ts";
import type { Balancer, Site } from "./site.ts";

/** What is left. */
export interface Outcome {
  /** Who holds the addresses; unset: nobody. */
  readonly holder?: string;
  /** The holder's priority then; lowered for every service of which it sees no API server. */
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

/**
 * What is left of a service without what is gone. So many further services of its load balancers
 * have no API server then, each of which costs them the weight, too.
 */
export function outcomeOf(site: Site, gone: Gone, unready = 0): Outcome {
  const balancers = site.balancers.filter(({ name }) => !gone.balancers.includes(name));
  const { backends, quorum, ready } = serversLeft(site, gone.servers);
  const holder = elected(balancers, site.weight * (unready + (ready ? 0 : 1)));
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

interface ServersLeft {
  readonly backends: number;
  readonly quorum: boolean | undefined;
  /** Load balancers see one of them. */
  readonly ready: boolean;
}

/** API servers without those of these names, as the health checks see them. */
export function serversLeft(
  { servers, quorum: needed, asksReadiness }: Site,
  gone: readonly string[],
): ServersLeft {
  const backends = servers.filter(({ name }) => !gone.includes(name)).length;
  const quorum = needed === undefined ? undefined : backends >= needed;
  return { backends, quorum, ready: backends > 0 && !(asksReadiness && quorum === false) };
}

/**
 * Who wins the election. Those that are left all see the same API servers, so all of them lose the
 * same or nobody does; where that brings two to the lowest priority there is, the one before the
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
