/**
 * Simulations as data: a contract, to which fields are only added. Text only.
 * @module
 */
import type { Diagnostic } from "../../model.ts";
import type { Outcome } from "../../simulate/outcome.ts";
import type { Case, Simulation } from "../../simulate/simulate.ts";
import type { Balancer } from "../../simulate/site.ts";
import { escaped } from "../../terminal.ts";
import { VERSION } from "../../version.ts";
import type { Answer } from "./placements.ts";

/** All simulations as one JSON document, and what placements say of their machines. */
export function simulationJson(
  found: readonly (readonly [Simulation, readonly Diagnostic[]])[],
  placements: readonly (readonly [Answer, readonly Diagnostic[]])[] = [],
): string {
  const own = found.filter(([{ service }]) => service === undefined);
  const services = Map.groupBy(
    found.filter(([{ service }]) => service !== undefined),
    ([{ endpoint }]) => endpoint.name,
  );
  const endpoints = own.map(([simulation, warnings]) => {
    const further = services.get(simulation.endpoint.name) ?? [];
    return endpointOf(simulation, warnings, further);
  });
  const data = {
    ...{ format: 1, holdfast: VERSION, endpoints },
    ...(placements.length === 0 ? {} : {
      placements: placements.map(([it, warnings]) => placementOf(it, warnings)),
    }),
  };
  return `${escapedLines(JSON.stringify(data, null, 2))}\n`;
}

function placementOf({ planned, asked, runsOn }: Answer, warnings: readonly Diagnostic[]) {
  const { settings, options, plan } = planned;
  return {
    placement: settings.name,
    provider: settings.provider,
    asked,
    places: options.places,
    hosts: Object.fromEntries(runsOn),
    violations: plan.violations,
    warnings,
  };
}

/** The failure domains of a machine, and whose word that is. */
function domainsOf({ domains, placed }: Pick<Balancer, "domains" | "placed">) {
  return {
    failureDomains: domains,
    ...(placed && { placed: true, failureDomainsLeftOut: placed.leftOut }),
  };
}

/** An endpoint as its own service; a further service is written as one, without the load balancers. */
function endpointOf(
  simulation: Simulation,
  warnings: readonly Diagnostic[],
  further: readonly (readonly [Simulation, readonly Diagnostic[]])[],
) {
  const { endpoint, site } = simulation;
  return {
    endpoint: endpoint.name,
    address: endpoint.address,
    port: endpoint.port,
    loadBalancers: site.balancers.map((it) => ({
      name: it.name,
      priority: it.priority,
      ...domainsOf(it),
    })),
    ...casesOf(simulation, warnings),
    ...(further.length === 0 ? {} : {
      services: further.map(([it, its]) => ({
        service: it.service,
        address: it.endpoint.address,
        port: it.endpoint.port,
        ...casesOf(it, its),
      })),
    }),
  };
}

function casesOf(
  { site, whole, singles, doubles }: Simulation,
  warnings: readonly Diagnostic[],
) {
  const machines = [...site.balancers, ...site.servers.filter((it) => it.balancer === undefined)];
  return {
    apiServers: site.servers.map(({ name, balancer, ...rest }) => ({
      name,
      ...(balancer === undefined ? {} : { loadBalancer: balancer }),
      ...domainsOf(rest),
    })),
    ...(site.quorum === undefined ? {} : { etcdMembersNeeded: site.quorum }),
    withoutFailureDomain: machines.filter(({ domains }) => domains.length === 0)
      .map(({ name }) => name),
    whole: outcomeOf(whole),
    single: singles.map(caseOf),
    double: doubles.map(caseOf),
    warnings,
  };
}

function caseOf({ lost, gone, outcome }: Case) {
  return {
    lost: lost.map(({ kind, name }) => ({ kind, name })),
    loadBalancersGone: gone.balancers,
    apiServersGone: gone.servers,
    ...outcomeOf(outcome),
  };
}

/** What is not there is said: a reader of data should not have to guess. */
function outcomeOf({ holder, priority, backends, quorum, answered, why }: Outcome) {
  return {
    holder: holder ?? null,
    priority: priority ?? null,
    apiServers: backends,
    etcdQuorum: quorum ?? null,
    answered,
    ...(why === undefined ? {} : { why }),
  };
}

function escapedLines(text: string): string {
  return text.split("\n").map(escaped).join("\n");
}
