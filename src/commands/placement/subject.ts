/**
 * What a placement of the inventory is about, in the terms of `src/placement/`: its groups with
 * their machines, and the provider that tells where those are. The one place that knows every
 * provider.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import { InputError } from "../../errors.ts";
import type { Loaded } from "../../inventory/load.ts";
import { errorAt } from "../../inventory/problems.ts";
import type { Host, PlacementSettings } from "../../model.ts";
import type { PlacedHost, PlacementGroup, PlacementProvider } from "../../placement/model.ts";
import type { PlanOptions } from "../../placement/plan_model.ts";
import { plan } from "../../placement/plan.ts";
import { declared } from "../../placement/providers/declared.ts";
import { domainOf } from "../../simulate/site.ts";
import type { Planned } from "./text.ts";

/** What of an inventory a placement is about. */
export interface Site {
  /** Every host. */
  readonly hosts: readonly Host[];
  /** Where a value is written. */
  readonly locate: Loaded["locate"];
}

/** The groups of a placement, in its order, with what the inventory says of each machine. */
function groupsOf(
  { provider, groups }: PlacementSettings,
  hosts: readonly Host[],
): readonly PlacementGroup[] {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const placed = new Map<string, PlacedHost>();
  return groups.map(({ name, policy, hosts }) => ({
    name,
    policy,
    members: hosts.flatMap((member) => {
      const host = byName.get(member);
      if (host === undefined) return [];
      const known = placed.get(member) ?? placedHost(host, provider);
      placed.set(member, known);
      return [known];
    }),
  }));
}

function placedHost(host: Host, provider: PlacementSettings["provider"]): PlacedHost {
  const domain = domainOf(host);
  const named = provider === "vsphere" ? host.vars["vsphere_vm"] : undefined;
  return {
    name: host.name,
    vm: typeof named === "string" ? named : host.name,
    ...(domain === undefined ? {} : { failureDomain: domain }),
  };
}

/**
 * Looks where the machines of a placement are, and plans.
 * @throws {InputError} for a provider that is not there yet
 */
export async function planned(settings: PlacementSettings, site: Site): Promise<Planned> {
  const groups = groupsOf(settings, site.hosts);
  await using provider = await providerOf(settings, groups, site);
  const machines = groups.flatMap(({ members }) => members.map(({ vm }) => vm));
  const seen = await provider.look([...new Set(machines)]);
  const options = planOptions(settings, provider);
  return { settings, options, plan: plan(groups, seen, options) };
}

/** What a plan is made with, whatever is seen. */
function planOptions(
  { name, clusterName, provider, vsphere }: PlacementSettings,
  { canEnforce }: PlacementProvider,
): PlanOptions {
  return {
    cluster: clusterName ?? name,
    canEnforce,
    places: provider === "inventory" ? "domains" : "hosts",
    mandatory: vsphere?.mandatory ?? false,
  };
}

/** Domains that could be used: another cluster of the inventory may be at another place. */
function domainsOf(
  { name }: PlacementSettings,
  members: readonly PlacedHost[],
  hosts: readonly Host[],
): readonly string[] {
  const own = hosts.filter(({ groups }) => groups.includes(name));
  return [
    ...own.flatMap((host) => domainOf(host) ?? []),
    ...members.flatMap(({ failureDomain }) => failureDomain ?? []),
  ];
}

/**
 * Begins to ask whoever tells where machines are. A new provider has its case here, its word in the
 * inventory's schema, and a folder or a file in `src/placement/`.
 * @throws {InputError} for a provider that is not there yet
 */
function providerOf(
  settings: PlacementSettings,
  groups: readonly PlacementGroup[],
  { hosts, locate }: Site,
): Promise<PlacementProvider> {
  switch (settings.provider) {
    case "inventory": {
      const members = groups.flatMap(({ members }) => members);
      return Promise.resolve(declared(members, domainsOf(settings, members, hosts)));
    }
    case "vsphere": {
      const message = `Cannot ask provider "vsphere" of placement of group ` +
        `${quote(settings.name)}: this version of Holdfast does not speak to a vCenter yet`;
      const source = locate({ placement: settings.name }, ["provider"]);
      throw new InputError([errorAt(source, "no-provider", message, "provider: inventory")]);
    }
  }
}
