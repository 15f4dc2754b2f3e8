/**
 * What is right on its own and wrong together: addresses, ports and hosts that are used twice.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { quote } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { below } from "../yaml/located.ts";
import { controlPlanePorts, type Placed } from "./ports.ts";

/** Reports everything that endpoints and hosts cannot share. */
export function reportClashes(placed: readonly Placed[], report: Report): void {
  const addresses = new Map<string, Placed>();
  const members = new Map<string, Placed>();
  for (const each of placed) {
    const { endpoint, node } = each;
    const label = `endpoint ${quote(endpoint.name)}`;
    for (const address of addressesOf(endpoint)) {
      const same = addresses.get(address);
      if (same) {
        const message = `Cannot use address ${quote(address)} of ${label}: endpoint ` +
          `${quote(same.endpoint.name)} has it at ${placeOf(placeOfAddress(same, address))}`;
        report(errorAt(placeOfAddress(each, address), "duplicate-address", message));
      }
      addresses.set(address, each);
    }
    for (const { host } of [...endpoint.members, ...endpoint.leaving ?? []]) {
      const other = members.get(host.name);
      if (other) {
        const message = `Cannot use host ${quote(host.name)} in ${label}: it is in endpoint ` +
          `${quote(other.endpoint.name)} at ${placeOf(other.node.source)}, and a host in two ` +
          "endpoints is not supported yet";
        const both = [...addressesOf(other.endpoint), ...addressesOf(endpoint)];
        report(errorAt(node.source, "two-endpoints", message, asOne(both)));
      }
      members.set(host.name, each);
    }
    sameMachine(each, label, report);
    takenAddress(each, label, report);
    takenPort(each, label, report);
    controlPlanePorts(each, label, report);
  }
}

/** What to type instead of two endpoints on the same hosts. */
function asOne(addresses: readonly string[]): string {
  const list = [...new Set(addresses)].map((it) => it.includes(":") ? quote(it) : it).join(", ");
  return `one endpoint leads to the same API servers on several addresses: address: [${list}]`;
}

/** Two names for one machine would make it its own peer. */
function sameMachine({ endpoint, node }: Placed, label: string, report: Report): void {
  const seen = new Map<string, string>();
  const check = (key: string, name: string, address: string) => {
    const other = seen.get(key);
    if (other !== undefined) {
      const message =
        `Cannot use hosts ${quote(other)} and ${quote(name)} in ${label}: both are at ` +
        `${quote(address)}, and a machine cannot take over from itself`;
      report(errorAt(node.source, "same-machine", message));
    }
    seen.set(key, name);
  };
  for (const { host: { name, address, port }, addresses = [] } of endpoint.members) {
    check(`${canonicalIp(address)}:${port ?? ""}`, name, address);
    for (const own of addresses) check(own, name, own);
  }
}

/** The virtual address moves; an address that a machine has of its own cannot. */
function takenAddress(placed: Placed, label: string, report: Report): void {
  const { endpoint } = placed;
  const owners = [
    ...endpoint.members.flatMap(({ host, addresses = [] }) =>
      [host.address, ...addresses].map((address) => ({ what: "host", name: host.name, address }))
    ),
    ...endpoint.backends.map((backend) => ({ what: "backend", ...backend })),
  ];
  for (const address of addressesOf(endpoint)) {
    const owner = owners.find((o) => canonicalIp(o.address) === address);
    if (!owner) continue;
    const message = `Cannot use address ${quote(address)} of ${label}: it is the own ` +
      `address of ${owner.what} ${quote(owner.name)}`;
    report(errorAt(placeOfAddress(placed, address), "taken-address", message));
  }
}

/** Where one of the virtual addresses was written. */
function placeOfAddress({ node }: Placed, address: string): Source | undefined {
  const written = below(node, ["address"]);
  if (!Array.isArray(written?.value)) return written?.source;
  const index = written.value.findIndex((item) => canonicalIp(String(item)) === address);
  return (below(node, ["address", index]) ?? written).source;
}

/** HAProxy cannot listen where the API server of the same machine does. */
function takenPort({ endpoint, node }: Placed, label: string, report: Report): void {
  if (endpoint.port !== endpoint.backendPort) return;
  const backends = new Set(endpoint.backends.flatMap((b) => [b.name, canonicalIp(b.address)]));
  const both = endpoint.members.find(({ host }) =>
    backends.has(host.name) || backends.has(canonicalIp(host.address))
  );
  if (!both) return;
  const place = below(node, ["port"]) ?? below(node, ["backend_port"]) ?? node;
  const message = `Cannot use port ${endpoint.port} of ${label}: host ${quote(both.host.name)} ` +
    "is a backend as well, and its API server listens there";
  report(errorAt(place.source, "taken-port", message));
}
