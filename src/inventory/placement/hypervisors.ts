/**
 * The hypervisors of a placement, joined with the hosts of the inventory that they are.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Host, LibvirtSettings } from "../../model.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import { type HypervisorParts, hypervisorParts, hypervisorUri } from "./hypervisor.ts";
import { platformMap } from "./platform.ts";
import type { PlacementMap } from "./schema.ts";

/** What joining needs. */
export interface HypervisorsOptions {
  /** Every host of the inventory, by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** The `placement` map. */
  readonly node: LocatedMap;
  /** `placement of group "all"`, for messages. */
  readonly label: string;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Reads the hypervisors of provider `libvirt`; what is wrong is reported. */
export function libvirtOf(
  map: PlacementMap,
  options: HypervisorsOptions,
): LibvirtSettings | undefined {
  const needs = { example: "{ hypervisors: [root@kvm1, root@kvm2] }", rules: false };
  const libvirt = platformMap("libvirt", map, needs, options);
  if (libvirt === undefined) return undefined;
  const all = libvirt.hypervisors.flatMap((text) => {
    const judged = hypervisorParts(text);
    return "parts" in judged ? [{ name: judged.parts.host, parts: judged.parts }] : [];
  });
  const reached = all.map(({ name, parts }) => ({ name, parts: through(parts, options.hosts) }));
  reportTwice(reached.map(({ parts }) => serviceOf(parts)), options);
  const ports = Map.groupBy(reached, ({ name }) => name);
  return {
    hypervisors: reached.map(({ name, parts }) => {
      // Behind one address there may be several hypervisors, told apart by their port.
      const many = new Set(ports.get(name)?.map(({ parts }) => parts.port)).size > 1;
      const port = many && parts.port !== undefined ? `:${parts.port}` : "";
      return { name: `${name}${port}`, uri: hypervisorUri(parts) };
    }),
  };
}

/** What the inventory says of how to reach a host of this name; what is written here comes first. */
function through(parts: HypervisorParts, hosts: ReadonlyMap<string, Host>): HypervisorParts {
  const host = hosts.get(parts.host);
  if (host === undefined) return parts;
  const { address, user, port, keyFile } = host;
  return {
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
    ...(keyFile !== undefined && { keyFile }),
    ...parts,
    host: address,
  };
}

/** What is asked, whoever asks it. */
function serviceOf({ driver, host, port = 22, path }: HypervisorParts): string {
  return hypervisorUri({ driver, host: canonicalIp(host), port, path });
}

/** Every machine of a hypervisor that is asked twice would be there twice. */
function reportTwice(
  services: readonly string[],
  { label, node, report }: HypervisorsOptions,
): void {
  const sourceOf = (i: number) => below(node, ["libvirt", "hypervisors", i])?.source;
  for (const [i, service] of services.entries()) {
    const first = services.indexOf(service);
    if (first === i) continue;
    const key = quote(`libvirt.hypervisors.${i}`);
    const message = `Cannot use ${key} of ${label}: it is the one at ${placeOf(sourceOf(first))}`;
    report(errorAt(sourceOf(i), "duplicate-hypervisor", message));
  }
}
