/**
 * What to write instead of two endpoints on the same hosts.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { quote } from "../../diagnostics.ts";
import type { Endpoint } from "../../model.ts";
import { canonicalIp } from "../connection/grammar.ts";
import { below } from "../yaml/located.ts";
import type { Placed } from "./ports.ts";

/** The second of two endpoints as a part of the first, as a person would type it. */
export function asOneEndpoint(first: Placed, second: Placed): string {
  if (sameServers(first.endpoint, second.endpoint)) {
    const both = [...addressesOf(first.endpoint), ...addressesOf(second.endpoint)];
    return `one endpoint leads to the same API servers on several addresses: address: ${
      list(both)
    }`;
  }
  const { name, address, moreAddresses = [], port } = second.endpoint;
  const given = below(second.node, ["backends"])?.value;
  const backends = typeof given === "string" ? given : "[...]";
  const own = moreAddresses.length === 0 ? word(address) : list([address, ...moreAddresses]);
  const more = port === first.endpoint.port ? "" : `, port: ${port}`;
  return `the endpoint ${quote(first.endpoint.name)} has both as: also: [{ name: ${
    serviceName(name)
  }, address: ${own}${more}, backends: ${backends} }]`;
}

function sameServers(one: Endpoint, other: Endpoint): boolean {
  const of = ({ backends, backendPort }: Endpoint) =>
    backends.map(({ address }) => `${canonicalIp(address)} ${backendPort}`).toSorted().join();
  return of(one) === of(other);
}

/** The name of a group, as a service may have it. */
function serviceName(group: string): string {
  const word = group.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "")
    .slice(0, 32).replace(/-+$/, "");
  return word === "" ? "NAME" : word;
}

const word = (address: string) => address.includes(":") ? quote(address) : address;
const list = (addresses: readonly string[]) => `[${[...new Set(addresses)].map(word).join(", ")}]`;
