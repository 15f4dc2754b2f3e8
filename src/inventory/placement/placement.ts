/**
 * The `placement` maps of an inventory, validated and joined with groups, hosts and files.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import type { Host, PlacementSettings, VsphereSettings } from "../../model.ts";
import { caOf } from "../endpoint/ca.ts";
import { validate } from "../endpoint/issues.ts";
import type { RankedGroup } from "../graph.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import type { Files } from "../read.ts";
import type { Resolved } from "../resolve.ts";
import { below, describe, type LocatedMap } from "../yaml/located.ts";
import { libvirtOf } from "./hypervisors.ts";
import { checkMachines } from "./machines.ts";
import { platformMap } from "./platform.ts";
import { proxmoxOf } from "./proxmox.ts";
import { keysWith, type PlacementMap, placementSchema } from "./schema.ts";

/** What reading needs. */
export interface PlacementsOptions {
  /** Groups and variables. */
  readonly resolved: Resolved;
  /** Every host, by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Folder of the inventory file. */
  readonly folder: string;
  /** The file system. */
  readonly files: Files;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** A placement and the map it was read from. */
export interface PlacedPlacement {
  /** The settings; wrong parts are left out, and have been reported. */
  readonly placement: PlacementSettings;
  /** The `placement` map. */
  readonly node: LocatedMap;
}

type Context = PlacementsOptions & { readonly label: string; readonly node: LocatedMap };

/** Reads the placement of every group that has one. */
export async function placementsOf(options: PlacementsOptions): Promise<PlacedPlacement[]> {
  const { resolved, report } = options;
  const placed: PlacedPlacement[] = [];
  for (const group of resolved.groups.values()) {
    const entry = group.fileVars.get("placement") ?? group.vars.get("placement");
    if (!entry) continue;
    if (entry.node.kind === "map") {
      const placement = await placementOf(group, entry.node, options);
      if (placement) placed.push({ placement, node: entry.node });
      continue;
    }
    const message = `Cannot use "placement" of group ${quote(group.name)}: found ` +
      `${describe(entry.node)}, expected a mapping`;
    report(errorAt(entry.node.source, "wrong-type", message));
  }
  reportStrays(resolved, report);
  reportClashes(placed, report);
  return placed;
}

async function placementOf(
  { name }: RankedGroup,
  node: LocatedMap,
  options: PlacementsOptions,
): Promise<PlacementSettings | undefined> {
  const label = `placement of group ${quote(name)}`;
  const context = { ...options, label, node };
  const keys = keysWith(namesIn(node));
  const subject = {
    label,
    schema: placementSchema,
    keys,
    variable: "placement",
    secrets: ["vsphere.password", "proxmox.api_token"],
  };
  const map = validate(node, subject, options.report);
  const groups = namesIn(node).filter((group) => isGroup(group, context));
  if (!map) return undefined;
  for (const host of new Set(groups.flatMap((group) => options.resolved.hostsOf(group)))) {
    checkMachines(host, map.provider, options);
  }
  const vsphere = await vsphereOf(map, context);
  const proxmox = await proxmoxOf(map, context);
  const libvirt = libvirtOf(map, context);
  return {
    name,
    provider: map.provider,
    ...(map.cluster_name === undefined ? {} : { clusterName: map.cluster_name }),
    required: map.required,
    groups: groups.flatMap((group) => {
      const { policy } = map.groups[group] ?? {};
      if (policy === undefined) return [];
      return [{ name: group, policy, hosts: options.resolved.hostsOf(group) }];
    }),
    ...(vsphere === undefined ? {} : { vsphere }),
    ...(proxmox === undefined ? {} : { proxmox }),
    ...(libvirt === undefined ? {} : { libvirt }),
  };
}

/** Names that stand under `groups`, whether or not the rest of it can be used. */
function namesIn(node: LocatedMap): string[] {
  const groups = below(node, ["groups"]);
  return groups?.kind === "map" ? [...groups.entries.keys()] : [];
}

function isGroup(name: string, { label, node, resolved, report }: Context): boolean {
  if (resolved.groups.has(name)) return true;
  const groups = below(node, ["groups"]);
  const source = groups?.kind === "map" ? groups.entries.get(name)?.keySource : undefined;
  const message = `Cannot use group ${quote(name)} in ${label}: the inventory names no such group`;
  const hint = didYouMean(name, resolved.groups.keys());
  report(errorAt(source ?? node.source, "unknown-group", message, hint));
  return false;
}

async function vsphereOf(
  map: PlacementMap,
  context: Context,
): Promise<VsphereSettings | undefined> {
  const needs = { example: "{ server: vcenter.example.com }", rules: true };
  const vsphere = platformMap("vsphere", map, needs, context);
  if (vsphere === undefined) return undefined;
  const { server, cluster, ca_file, mandatory, user, password } = vsphere;
  const ca = ca_file === undefined
    ? undefined
    : await caOf(ca_file, below(context.node, ["vsphere", "ca_file"]), context, "vsphere.ca_file");
  return {
    server,
    ...(cluster === undefined ? {} : { cluster }),
    ...(ca === undefined ? {} : { ca }),
    mandatory,
    user,
    password,
  };
}

function reportStrays({ hosts }: Resolved, report: Report): void {
  for (const host of hosts.values()) {
    const entry = host.fileVars.get("placement") ?? host.vars.get("placement");
    if (!entry) continue;
    const message = `Cannot use "placement" of host ${quote(host.name)}: it belongs into the ` +
      '"vars" of a group, such as all';
    // A listing gives the variables of a group to its hosts, unless it is asked not to.
    const hint = "for a listing: ansible-inventory -i FILE --list --export";
    report(errorAt(entry.keySource, "placement-on-host", message, hint));
  }
}

/** Two placements that would write rules of the same names. */
function reportClashes(placed: readonly PlacedPlacement[], report: Report): void {
  const first = new Map<string, PlacedPlacement>();
  for (const each of placed) {
    const { name, clusterName } = each.placement;
    if (clusterName === undefined) continue;
    const other = first.get(clusterName);
    if (other === undefined) {
      first.set(clusterName, each);
      continue;
    }
    const message = `Cannot use cluster_name ${quote(clusterName)} of placement of group ` +
      `${quote(name)}: that of group ${quote(other.placement.name)} has it at ` +
      placeOf(below(other.node, ["cluster_name"])?.source);
    report(errorAt(below(each.node, ["cluster_name"])?.source, "duplicate-cluster", message));
  }
}
