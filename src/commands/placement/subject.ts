/**
 * What a placement of the inventory is about, in the terms of `src/placement/`: its groups with
 * their machines, and the provider that tells where those are. The one place that knows every
 * provider.
 * @module
 */
import { remembered } from "../../remembered.ts";
import type { Loaded } from "../../inventory/load.ts";
import type { Host, PlacementSettings } from "../../model.ts";
import type { PlacedHost, PlacementGroup, PlacementProvider } from "../../placement/model.ts";
import type { PlanOptions } from "../../placement/plan_model.ts";
import { plan } from "../../placement/plan.ts";
import { declared } from "../../placement/providers/declared.ts";
import { libvirt } from "../../placement/libvirt/mod.ts";
import { proxmox } from "../../placement/proxmox/mod.ts";
import { vsphere } from "../../placement/vsphere/mod.ts";
import { domainOf } from "../../simulate/domains.ts";
import { machineName } from "./machine_name.ts";
import { overObstacles } from "./obstacles.ts";
import type { Planned } from "./text.ts";

/** What of an inventory a placement is about. */
export interface Site extends Pick<Loaded, "locate" | "login" | "sources"> {
  /** Every host. */
  readonly hosts: readonly Host[];
}

/** What a plan is for, beside what the inventory says. */
export type Purpose = Pick<PlanOptions, "purpose" | "prune" | "takeOver">;

/** A placement whose platform is being asked. To be disposed of, which ends the session there. */
export interface Subject extends AsyncDisposable {
  /** The placement. */
  readonly settings: PlacementSettings;
  /** Whoever tells where machines are. */
  readonly provider: PlacementProvider;
  /** Looks where the machines are, anew each time, and plans. @throws {ObstacleError} */
  plan(): Promise<Planned>;
}

/** Hosts by name; an inventory may have as many placements as hosts. */
const namesOf = remembered((hosts: readonly Host[]) =>
  new Map(hosts.map((host) => [host.name, host]))
);

/** The groups of a placement, in its order, with what the inventory says of each machine. */
function groupsOf(
  { provider, groups }: PlacementSettings,
  hosts: readonly Host[],
): readonly PlacementGroup[] {
  const byName = namesOf(hosts);
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
  return {
    name: host.name,
    vm: machineName(host, provider),
    ...(domain === undefined ? {} : { failureDomain: domain }),
  };
}

/**
 * Looks where the machines of a placement are, and plans.
 * @throws {InputError} when whoever tells it cannot be asked
 */
export async function planned(settings: PlacementSettings, site: Site): Promise<Planned> {
  await using subject = await subjectOf(settings, site);
  return await subject.plan();
}

/**
 * Begins to ask about a placement.
 * @throws {InputError} when whoever tells where machines are cannot be asked
 */
export async function subjectOf(
  settings: PlacementSettings,
  site: Site,
  purpose: Purpose = {},
): Promise<Subject> {
  const groups = groupsOf(settings, site.hosts);
  const machines = new Set(groups.flatMap(({ members }) => members.map(({ vm }) => vm)));
  const provider = await overObstacles(settings, site, () => providerOf(settings, groups, site));
  const options = { ...planOptions(settings, provider), ...purpose };
  return {
    settings,
    provider,
    async plan() {
      const seen = await overObstacles(settings, site, () => provider.look([...machines]));
      return { settings, options, seen, plan: plan(groups, seen, options) };
    },
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

/**
 * What the inventory declares of a placement, whatever its provider is: nobody is asked, and there
 * are no rules.
 */
export async function declaredPlan(
  settings: PlacementSettings,
  hosts: readonly Host[],
): Promise<Planned> {
  const groups = groupsOf(settings, hosts);
  await using provider = declaredOf(settings, groups, hosts);
  const seen = await provider.look(groups.flatMap(({ members }) => members.map(({ vm }) => vm)));
  const options: PlanOptions = {
    cluster: settings.clusterName ?? settings.name,
    canEnforce: provider.canEnforce,
    places: "domains",
  };
  return { settings, options, seen, plan: plan(groups, seen, options) };
}

/** The physical host of every member that a platform has said it of, by its name. */
export function hostsSeen(
  { settings, options, seen }: Planned,
  hosts: readonly Host[],
): ReadonlyMap<string, string> {
  if (options.places !== "hosts") return new Map();
  const byMachine = new Map(seen.placements.map(({ vm, host }) => [vm, host]));
  const members = groupsOf(settings, hosts).flatMap(({ members }) => members);
  return new Map(members.flatMap(({ name, vm }) => {
    const host = byMachine.get(vm);
    return host === undefined ? [] : [[name, host] as const];
  }));
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
    // What Proxmox VE has are rules that are never broken.
    mandatory: provider === "proxmox" || (vsphere?.mandatory ?? false),
  };
}

/** Hosts by each group that they are in. */
const membersOf = remembered((hosts: readonly Host[]) => {
  const found = new Map<string, Host[]>();
  for (const host of hosts) {
    for (const group of host.groups) {
      const members = found.get(group);
      if (members === undefined) found.set(group, [host]);
      else members.push(host);
    }
  }
  return found;
});

/** Domains that could be used: another cluster of the inventory may be at another place. */
function domainsOf(
  { name }: PlacementSettings,
  members: readonly PlacedHost[],
  hosts: readonly Host[],
): readonly string[] {
  const own = membersOf(hosts).get(name) ?? [];
  return [
    ...own.flatMap((host) => domainOf(host) ?? []),
    ...members.flatMap(({ failureDomain }) => failureDomain ?? []),
  ];
}

/** The inventory as a platform. */
function declaredOf(
  settings: PlacementSettings,
  groups: readonly PlacementGroup[],
  hosts: readonly Host[],
): PlacementProvider {
  const members = groups.flatMap(({ members }) => members);
  return declared(members, domainsOf(settings, members, hosts));
}

/**
 * Begins to ask whoever tells where machines are. A new provider has its case here, its word in the
 * inventory's schema, and a folder or a file in `src/placement/`.
 */
async function providerOf(
  settings: PlacementSettings,
  groups: readonly PlacementGroup[],
  { hosts, login }: Site,
): Promise<PlacementProvider> {
  if (settings.libvirt !== undefined) return libvirt(settings.libvirt);
  if (settings.proxmox !== undefined) {
    const { server, ca } = settings.proxmox;
    return await proxmox({
      server,
      ...(ca !== undefined && { ca }),
      ...await login(settings.name),
    });
  }
  if (settings.vsphere === undefined) return declaredOf(settings, groups, hosts);
  const { server, ca, cluster } = settings.vsphere;
  return await vsphere({
    server,
    ...(ca !== undefined && { ca }),
    ...(cluster !== undefined && { cluster }),
    ...await login(settings.name),
  });
}
