/**
 * The `endpoint` maps of an inventory, validated and joined with hosts, backends and secrets.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Endpoint, Host, Member, PackageSettings, Secret } from "../../model.ts";
import type { RankedGroup } from "../graph.ts";
import { errorAt, type Report } from "../problems.ts";
import type { Files, SecretReader } from "../read.ts";
import type { Resolved } from "../resolve.ts";
import { below, describe, type LocatedMap } from "../yaml/located.ts";
import { authPassOf } from "./auth_pass.ts";
import { virtualAddresses } from "./addresses.ts";
import { alsoOf } from "./also.ts";
import { backendsOf } from "./backends.ts";
import { caOf } from "./ca.ts";
import { reportClashes } from "./clashes.ts";
import { drillOf } from "./drill.ts";
import { haproxyOf } from "./haproxy.ts";
import { validate } from "./issues.ts";
import { membersOf } from "./members.ts";
import { judgeParts } from "./parts.ts";
import { podsOf, reportPods } from "./pods.ts";
import { ENDPOINT_KEYS, type EndpointMap, endpointSchema } from "./schema.ts";

/** What building endpoints needs. */
export interface EndpointsOptions {
  /** Groups and variables. */
  readonly resolved: Resolved;
  /** Hosts by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Folder of the inventory file. */
  readonly folder: string;
  /** The file system. */
  readonly files: Files;
  /** Fetches secrets. */
  readonly secrets: SecretReader;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** An endpoint and the map it was read from. */
export interface PlacedEndpoint {
  /** The endpoint; wrong parts are left out or replaced, and have been reported. */
  readonly endpoint: Endpoint;
  /** The `endpoint` map. */
  readonly node: LocatedMap;
}

/** Reads the endpoint of every group that has one. */
export async function endpointsOf(options: EndpointsOptions): Promise<PlacedEndpoint[]> {
  const { resolved, report } = options;
  const placed: PlacedEndpoint[] = [];
  for (const group of resolved.groups.values()) {
    const entry = group.fileVars.get("endpoint") ?? group.vars.get("endpoint");
    if (!entry) continue;
    if (entry.node.kind === "map") {
      const endpoint = await endpointOf(group, entry.node, options);
      if (endpoint) placed.push({ endpoint, node: entry.node });
      continue;
    }
    const message = `Cannot use "endpoint" of group ${quote(group.name)}: found ` +
      `${describe(entry.node)}, expected a mapping`;
    report(errorAt(entry.node.source, "wrong-type", message));
  }
  reportStrays(resolved, report);
  reportClashes(placed, report);
  for (const each of placed) reportPods(each, report);
  return placed;
}

async function endpointOf(
  group: RankedGroup,
  node: LocatedMap,
  options: EndpointsOptions,
): Promise<Endpoint | undefined> {
  const label = `endpoint ${quote(group.name)}`;
  const context = { ...options, label, node };
  const subject = { label, schema: endpointSchema, keys: ENDPOINT_KEYS, secrets: SECRETS };
  const map = validate(node, subject, options.report);
  const all = membersOf(group.name, options);
  if (all.length === 0) {
    const message = `Cannot use ${label}: group ${quote(group.name)} has no hosts`;
    options.report(errorAt(node.source, "empty-group", message));
  }
  if (!map) return void await judgeParts(context);
  const { members, leaving } = parted(all, map, context);
  const ca = map.ca_file === undefined
    ? undefined
    : await caOf(map.ca_file, below(node, ["ca_file"]), context);
  const addresses = virtualAddresses(map, context);
  const [address = "", ...moreAddresses] = addresses;
  const also = await alsoOf(map, addresses, context);
  const authPass = await passwordOf(map, node, context);
  const pods = podsOf(map, context);
  return {
    name: group.name,
    address,
    ...(moreAddresses.length === 0 ? {} : { moreAddresses }),
    port: map.port,
    backends: backendsOf(map.backends, context),
    backendPort: map.backend_port,
    profile: map.profile,
    interface: map.interface,
    ...(ca === undefined ? {} : { ca }),
    ...(also.length === 0 ? {} : { also }),
    vrrp: {
      routerId: map.vrrp.router_id,
      ...(authPass ? { authPass } : {}),
      // The guide's configuration names no peers, and that is multicast.
      mode: map.vrrp.mode ?? (map.profile === "guide" ? "multicast" : "unicast"),
      advertInterval: map.vrrp.advert_interval,
      ...(map.vrrp.notify === undefined ? {} : { notify: map.vrrp.notify.command }),
    },
    haproxy: await haproxyOf(map, context),
    ...(map.oom_score_adjust === undefined ? {} : { oomScoreAdjust: map.oom_score_adjust }),
    ...(map.packages === undefined ? {} : { packages: packagesOf(map.packages) }),
    ...(pods === undefined ? {} : { pods }),
    ...(map.firewall === "auto" ? {} : { firewall: map.firewall }),
    slo: { failoverMs: milliseconds(map.slo.failover) },
    ...(map.production === undefined ? {} : { production: map.production }),
    ...(map.drill === undefined
      ? {}
      : { drill: drillOf(map.drill, all.map(({ host }) => host.name), context) }),
    members,
    ...(leaving.length === 0 ? {} : { leaving }),
  };
}

/** Who carries the endpoint, and who shall not any more. */
function parted(all: readonly Member[], { state }: EndpointMap, { label, node, report }: Context) {
  const gone = state === "absent";
  const members = gone ? [] : all.filter(({ absent }) => absent !== true);
  const leaving = all.filter((member) => !members.includes(member))
    .map((member): Member => ({ ...member, absent: true }));
  if (!gone && members.length === 0 && all.length > 0) {
    const message = `Cannot use ${label}: all of its hosts are absent`;
    report(errorAt(node.source, "empty-group", message, "state: absent, directly in endpoint"));
  }
  return { members, leaving };
}

const SECRETS = ["vrrp.auth_pass"];

type Context = EndpointsOptions & { readonly label: string; readonly node: LocatedMap };

async function passwordOf(
  map: EndpointMap,
  node: LocatedMap,
  context: Context,
): Promise<Secret | undefined> {
  const given = map.vrrp.auth_pass;
  if (given !== undefined) {
    return await authPassOf(given, below(node, ["vrrp", "auth_pass"]) ?? node, context);
  }
  if (map.profile !== "guide") return undefined;
  const place = below(node, ["vrrp"]) ?? below(node, ["profile"]) ?? node;
  const message = `Cannot use profile "guide" of ${context.label}: "vrrp.auth_pass" is missing, ` +
    "and the guide's configuration has a password";
  const hint = "vrrp: { auth_pass: { env: VRRP_PASS } }";
  return void context.report(errorAt(place.source, "missing-key", message, hint));
}

function packagesOf(map: NonNullable<EndpointMap["packages"]>): PackageSettings {
  const { haproxy, keepalived, hold } = map;
  return {
    versions: {
      ...(haproxy === undefined ? {} : { haproxy }),
      ...(keepalived === undefined ? {} : { keepalived }),
    },
    ...(hold === undefined ? {} : { hold }),
    lockTimeoutMs: milliseconds(map.lock_timeout),
  };
}

/** `endpoint` belongs to a group, and `endpoint_host` to a member of one that has it. */
function reportStrays({ hosts }: Resolved, report: Report): void {
  for (const host of hosts.values()) {
    const entry = host.fileVars.get("endpoint") ?? host.vars.get("endpoint");
    if (!entry) continue;
    const message = `Cannot use "endpoint" of host ${quote(host.name)}: it belongs into the ` +
      '"vars" of the group of load balancers';
    // A listing gives the variables of a group to its hosts, unless it is asked not to.
    const hint = "for a listing: ansible-inventory -i FILE --list --export";
    report(errorAt(entry.keySource, "endpoint-on-host", message, hint));
  }
}

function milliseconds(duration: string): number {
  const [, amount = "", unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(duration) ?? [];
  return Number(amount) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 1);
}
