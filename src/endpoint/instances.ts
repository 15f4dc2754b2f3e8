/**
 * The VRRP instances of a member: Keepalived moves addresses of one family only in one of them. Pure.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import { TaskError } from "../errors.ts";
import type { Endpoint, Member, World } from "../model.ts";
import { attachment, family, namedInterface, peerAddress } from "./network.ts";
import type { Reasoned } from "./reasoned.ts";

/** Addresses of one family, which move together, and how members agree on who has them. */
export interface Instance {
  /** Family of its addresses, its source and its peers. */
  readonly family: 4 | 6;
  /** Virtual addresses, in the order of the inventory. */
  readonly addresses: readonly string[];
  /** Interface that VRRP speaks on and that carries the addresses. */
  readonly interface: Reasoned<string>;
  /** The member's own address on it. */
  readonly source: Reasoned<string>;
  /** Addresses of the other members, in inventory order; empty with multicast. */
  readonly peers: Reasoned<readonly string[]>;
}

/** Instances of a member, that of the first address first. @throws {TaskError} when one cannot be */
export function instances(endpoint: Endpoint, member: Member, world: World): readonly Instance[] {
  const all = addressesOf(endpoint);
  const families = [...new Set(all.map(family))].filter((it) => it !== undefined);
  return families.map((it) =>
    instance(it, all.filter((address) => family(address) === it), endpoint, member, world)
  );
}

function instance(
  of: 4 | 6,
  addresses: readonly string[],
  endpoint: Endpoint,
  member: Member,
  world: World,
): Instance {
  const [first = "", ...rest] = addresses;
  const own = attachment(endpoint, member, world, first);
  // Where the inventory names the interface, whose subnet holds the address is not asked.
  const named = namedInterface(endpoint, member) !== undefined;
  for (const address of named ? [] : rest) {
    const other = attachment(endpoint, member, world, address).interface;
    if (other !== own.interface) throw apart([first, own.interface], [address, other], member);
  }
  return {
    family: of,
    addresses,
    interface: { value: own.interface, reason: own.reason },
    source: { value: own.address, reason: own.reason },
    peers: peers(first, endpoint, member, world),
  };
}

function apart([first, at]: [string, string], [address, other]: [string, string], member: Member) {
  return new TaskError(
    `Cannot have ${first} and ${address} in one endpoint on "${member.host.name}": ` +
      `they belong to ${at} and ${other}, and addresses of one family move on one interface`,
  );
}

function peers(
  beside: string,
  endpoint: Endpoint,
  member: Member,
  world: World,
): Instance["peers"] {
  if (endpoint.vrrp.mode === "multicast" || endpoint.profile === "guide") {
    return { value: [], reason: "adverts are multicast" };
  }
  const others = endpoint.members.filter((it) => it.host.name !== member.host.name);
  return {
    value: others.map((it) => peerAddress(endpoint, it, world, beside)),
    reason: others.length === 0 ? "the only member" : "every other member of the group",
  };
}
