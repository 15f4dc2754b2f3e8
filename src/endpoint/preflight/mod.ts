/**
 * What is asked about the world around an endpoint before it is changed, in the order in which it is
 * reported. docs/preflight.md says of each how, when and what to do.
 * @module
 */
import type { Endpoint, Preflight } from "../../model.ts";
import { addressFree } from "./address_free.ts";
import { apiServers } from "./api_servers.ts";
import { clock } from "./clock.ts";
import { confinement } from "./confinement.ts";
import { descriptors } from "./descriptors.ts";
import { firewall } from "./firewall.ts";
import { availablePackages } from "./packages.ts";
import { port } from "./port.ts";
import { protocol } from "./protocol.ts";
import { routerIdFree } from "./router_id.ts";
import { subnet } from "./subnet.ts";

/** Every preflight of an endpoint; one that has no members left has none. */
export function preflights(endpoint: Endpoint): readonly Preflight[] {
  if (endpoint.members.length === 0) return [];
  // What is asked of units and packages of the system says nothing about containers.
  const system = endpoint.pods !== undefined
    ? []
    : [descriptors(endpoint), availablePackages(endpoint), confinement(endpoint)];
  return [
    subnet(endpoint),
    addressFree(endpoint),
    routerIdFree(endpoint),
    protocol(endpoint),
    firewall(endpoint),
    port(endpoint),
    apiServers(endpoint),
    clock(endpoint),
    ...system,
  ];
}
