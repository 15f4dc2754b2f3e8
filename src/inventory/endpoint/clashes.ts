/**
 * What is right on its own and wrong together: addresses, ports and hosts that are used twice.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { quote } from "../../diagnostics.ts";
import { servicesOf } from "../../services.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { reportSharedSockets } from "./own_clashes.ts";
import { asOneEndpoint } from "./one_endpoint.ts";
import { type Placed, placeOfAddress, reportTakenPorts } from "./ports.ts";

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
          `${quote(other.endpoint.name)} at ${placeOf(other.node.source)}, and a host can be in ` +
          "one alone";
        report(errorAt(node.source, "two-endpoints", message, asOneEndpoint(other, each)));
      }
      members.set(host.name, each);
    }
    sameMachine(each, label, report);
    takenAddress(each, label, report);
    reportSharedSockets(each, label, report);
    reportTakenPorts(each, label, report);
  }
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
    ...servicesOf(endpoint).flatMap((it) =>
      it.endpoint.backends.map((backend) => ({ what: "backend", ...backend }))
    ),
  ];
  for (const address of addressesOf(endpoint)) {
    const owner = owners.find((o) => canonicalIp(o.address) === address);
    if (!owner) continue;
    const message = `Cannot use address ${quote(address)} of ${label}: it is the own ` +
      `address of ${owner.what} ${quote(owner.name)}`;
    report(errorAt(placeOfAddress(placed, address), "taken-address", message));
  }
}
