/**
 * The servers behind an endpoint: a group's hosts, or a list.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import type { Backend, Host } from "../../model.ts";
import { canonicalIp, isIp } from "../connection/grammar.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import type { Resolved } from "../resolve.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import type { EndpointMap } from "./schema.ts";

/** What finding backends needs. */
export interface BackendsOptions {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** The `endpoint` map as it was written. */
  readonly node: LocatedMap;
  /** Groups. */
  readonly resolved: Resolved;
  /** Hosts by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Finds the backends; names and addresses are unique, and addresses are IP addresses. */
export function backendsOf(
  given: EndpointMap["backends"],
  options: BackendsOptions,
): readonly Backend[] {
  const backends = typeof given === "string" ? ofGroup(given, options) : given;
  const path = (i: number) => typeof given === "string" ? ["backends"] : ["backends", i];
  const seen = new Map<string, number>();
  backends.forEach(({ name, address }, i) => {
    for (const word of [`name ${quote(name)}`, `address ${quote(canonicalIp(address))}`]) {
      const first = seen.get(word);
      if (first === undefined) {
        seen.set(word, i);
        continue;
      }
      const { node, label, report } = options;
      const other = typeof given === "string"
        ? `host ${quote(backends[first]!.name)} has it too`
        : `${placeOf(below(node, path(first))?.source)} has it too`;
      const message = `Cannot use backend ${quote(name)} of ${label} with ${word}: ${other}`;
      report(errorAt(below(node, path(i))?.source, "duplicate-backend", message));
    }
  });
  return backends;
}

function ofGroup(group: string, options: BackendsOptions): Backend[] {
  const { label, node, resolved, report } = options;
  const source = below(node, ["backends"])?.source;
  if (!resolved.groups.has(group)) {
    const message = `Cannot find the backends of ${label}: there is no group ${quote(group)}`;
    const hint = didYouMean(group, resolved.groups.keys());
    report(errorAt(source, "unknown-group", message, hint));
    return [];
  }
  const names = resolved.hostsOf(group);
  if (names.length === 0) {
    const message = `Cannot find the backends of ${label}: group ${quote(group)} has no hosts`;
    report(errorAt(source, "empty-group", message));
  }
  return names.flatMap((name) => {
    const { address } = options.hosts.get(name)!;
    if (isIp(address)) return [{ name, address }];
    // HAProxy resolves names once, when it starts: one that fails then keeps it from starting.
    const message = `Cannot use host ${quote(name)} as a backend of ${label}: its address ` +
      `${quote(address)} is not an IP address`;
    const entry = resolved.hosts.get(name);
    const place = entry?.merged.get("ansible_host")?.node.source ?? entry?.source;
    report(errorAt(place, "backend-address", message, "ansible_host"));
    return [];
  });
}
