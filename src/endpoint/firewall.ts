/**
 * What a member lets in through its firewall: VRRP of the other members, and its clients. Pure.
 * @module
 */
import { addressesOf, isSix } from "../addresses.ts";
import type { Opening } from "../firewall/passage.ts";
import type { Endpoint, Member, World } from "../model.ts";
import { portsOf } from "../services.ts";
import { attachment, peerAddress } from "./network.ts";

/**
 * What a member lets in. VRRP comes from the same addresses by unicast and by multicast: rules by
 * source serve both, and a change of mode finds them in place.
 * @throws {TaskError} when an address cannot be known
 */
export function openingFor(endpoint: Endpoint, member: Member, world: World): Opening {
  const others = endpoint.members.filter((it) => it.host.name !== member.host.name);
  // One address stands for its family: they are in one VRRP instance.
  const firsts = [false, true].flatMap((six) =>
    addressesOf(endpoint).find((address) => isSix(address) === six) ?? []
  );
  const own = firsts.map((address) => attachment(endpoint, member, world, address).interface);
  return {
    interfaces: [...new Set(own)],
    passages: [
      ...firsts.flatMap((address) =>
        others.map((it) => ({
          kind: "vrrp",
          from: peerAddress(endpoint, it, world, address),
        } as const))
      ),
      ...portsOf(endpoint).map((port) => ({ kind: "port", port } as const)),
    ],
  };
}
