/**
 * What is right on its own and wrong together: addresses, ports and hosts that are used twice.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Endpoint } from "../../model.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";

interface Placed {
  readonly endpoint: Endpoint;
  readonly node: LocatedMap;
}

/** Reports everything that endpoints and hosts cannot share. */
export function reportClashes(placed: readonly Placed[], report: Report): void {
  const addresses = new Map<string, Placed>();
  const members = new Map<string, Placed>();
  for (const each of placed) {
    const { endpoint, node } = each;
    const label = `endpoint ${quote(endpoint.name)}`;
    const place = below(node, ["address"])?.source;
    const same = addresses.get(endpoint.address);
    if (same) {
      const message = `Cannot use address ${quote(endpoint.address)} of ${label}: endpoint ` +
        `${quote(same.endpoint.name)} has it at ${placeOf(below(same.node, ["address"])?.source)}`;
      report(errorAt(place, "duplicate-address", message));
    }
    addresses.set(endpoint.address, each);
    for (const { host } of [...endpoint.members, ...endpoint.leaving ?? []]) {
      const other = members.get(host.name);
      if (other) {
        const message = `Cannot use host ${quote(host.name)} in ${label}: it is in endpoint ` +
          `${quote(other.endpoint.name)} at ${placeOf(other.node.source)}, and a host in two ` +
          "endpoints is not supported yet";
        report(errorAt(node.source, "two-endpoints", message));
      }
      members.set(host.name, each);
    }
    sameMachine(each, label, report);
    takenAddress(each, label, report);
    takenPort(each, label, report);
    takenListeners(each, label, report);
  }
}

/** Two names for one machine would make it its own peer. */
function sameMachine({ endpoint, node }: Placed, label: string, report: Report): void {
  const seen = new Map<string, string>();
  for (const { host: { name, address, port } } of endpoint.members) {
    const key = `${canonicalIp(address) ?? address}:${port ?? ""}`;
    const other = seen.get(key);
    if (other !== undefined) {
      const message =
        `Cannot use hosts ${quote(other)} and ${quote(name)} in ${label}: both are at ` +
        `${quote(address)}, and a machine cannot take over from itself`;
      report(errorAt(node.source, "same-machine", message));
    }
    seen.set(key, name);
  }
}

/** The virtual address moves; an address that a machine has of its own cannot. */
function takenAddress({ endpoint, node }: Placed, label: string, report: Report): void {
  const owners = [
    ...endpoint.members.map(({ host }) => ({ what: "host", ...host })),
    ...endpoint.backends.map((backend) => ({ what: "backend", ...backend })),
  ];
  const owner = owners.find((o) => canonicalIp(o.address) === endpoint.address);
  if (!owner) return;
  const message = `Cannot use address ${quote(endpoint.address)} of ${label}: it is the own ` +
    `address of ${owner.what} ${quote(owner.name)}`;
  report(errorAt(below(node, ["address"])?.source, "taken-address", message));
}

/** A member that is a backend as well. */
function bothIn({ backends, members }: Endpoint) {
  const names = new Set(backends.flatMap((b) => [b.name, canonicalIp(b.address)]));
  return members.find(({ host }) => names.has(host.name) || names.has(canonicalIp(host.address)));
}

/** HAProxy cannot listen where the API server of the same machine does. */
function takenPort({ endpoint, node }: Placed, label: string, report: Report): void {
  if (endpoint.port !== endpoint.backendPort) return;
  const both = bothIn(endpoint);
  if (!both) return;
  const place = below(node, ["port"]) ?? below(node, ["backend_port"]) ?? node;
  const message = `Cannot use port ${endpoint.port} of ${label}: host ${quote(both.host.name)} ` +
    "is a backend as well, and its API server listens there";
  report(errorAt(place.source, "taken-port", message));
}

/**
 * HAProxy shares a port among its listeners without a word, and a connection then goes to either:
 * clients would be given the answers of the health listener.
 */
function takenListeners({ endpoint, node }: Placed, label: string, report: Report): void {
  const { stats, metrics } = endpoint.haproxy;
  const at = (socket: string) => {
    const [, ip = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(socket) ?? [];
    return { ip, port: Number(port) };
  };
  const refuse = (key: string, socket: string, why: string) => {
    const message = `Cannot use "haproxy.${key}" ${quote(socket)} of ${label}: ${why}`;
    const place = below(node, ["haproxy", key]) ?? below(node, ["port"]) ?? node;
    report(errorAt(place.source, "taken-port", message));
  };
  for (const [key, socket] of [["stats", stats], ["metrics", metrics]] as const) {
    if (socket === undefined) continue;
    const { port } = at(socket);
    if (port === endpoint.port) refuse(key, socket, `clients connect to port ${port}`);
    if (port !== endpoint.backendPort) continue;
    const both = bothIn(endpoint);
    if (both === undefined) continue;
    const name = quote(both.host.name);
    refuse(key, socket, `host ${name} is a backend as well, and its API server listens there`);
  }
  if (metrics === undefined) return;
  const [one, other] = [at(stats), at(metrics)];
  const any = [one.ip, other.ip].some((ip) => ip === "0.0.0.0" || ip === "::");
  if (one.port === other.port && (any || one.ip === other.ip)) {
    refuse("metrics", metrics, `"haproxy.stats" listens at ${stats}, and has the metrics too`);
  }
}
