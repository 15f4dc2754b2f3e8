/**
 * What a member lets in through its firewall: VRRP of the other members, and its clients. Pure.
 * @module
 */
import type { Opening } from "../firewall/passage.ts";
import type { Endpoint, Member, World } from "../model.ts";
import { attachment, peerAddress } from "./network.ts";

/**
 * What a member lets in. VRRP comes from the same addresses by unicast and by multicast: rules by
 * source serve both, and a change of mode finds them in place.
 * @throws {TaskError} when an address cannot be known
 */
export function openingFor(endpoint: Endpoint, member: Member, world: World): Opening {
  const others = endpoint.members.filter((it) => it.host.name !== member.host.name);
  return {
    interfaces: [attachment(endpoint, member, world).interface],
    passages: [
      ...others.map((it) => ({ kind: "vrrp", from: peerAddress(endpoint, it, world) } as const)),
      { kind: "port", port: endpoint.port },
    ],
  };
}
