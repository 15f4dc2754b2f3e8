/**
 * Members of several load balancers that have one router id and no address in common. Pure.
 * @module
 */
import { family } from "../../endpoint/network.ts";
import type { Node } from "../model.ts";
import { isAmong } from "./_addresses.ts";
import { pairs, type Placed, placed, whole } from "./_instances.ts";

/** Two instances with one router id that move different addresses. */
export interface Strangers {
  /** The one on the load balancer that comes first. */
  readonly one: Placed;
  /** The other one. */
  readonly other: Placed;
  /** Whether they are meant to stand in for each other: peers, or instances of one name. */
  readonly together: boolean;
}

/** Every pair of them. Where an instance has a counterpart on the other host, it is no stranger. */
export function strangers(nodes: readonly Node[]): readonly Strangers[] {
  const all = placed(nodes);
  return pairs(nodes).flatMap(([one, other]) => {
    const known = readable(one) && readable(other) && !shares(one, other);
    const counterpart = all.some((it) =>
      (it.instance !== other.instance && it.node === other.node && isOf(it, one)) ||
      (it.instance !== one.instance && it.node === one.node && isOf(it, other))
    );
    if (!known || counterpart) return [];
    const together = sameName(one, other) || (speaksTo(one, other) && speaksTo(other, one));
    return [{ one, other, together }];
  });
}

/** Addresses that an instance moves, for a message: `10.0.0.10 and 10.0.0.11`. */
export function moved(it: Placed): string {
  return addressesOf(it).join(" and ");
}

/** All its addresses are known, and are some. */
function readable(it: Placed): boolean {
  const addresses = addressesOf(it);
  return addresses.length > 0 && addresses.every((address) => family(address)) && whole(it.file);
}

function isOf(it: Placed, one: Placed): boolean {
  const sameId = it.instance.routerId?.value === one.instance.routerId?.value;
  return shares(it, one) || (sameName(it, one) && sameId);
}

function shares(a: Placed, b: Placed): boolean {
  return addressesOf(a).some((it) => isAmong(it, addressesOf(b)));
}

function sameName(a: Placed, b: Placed): boolean {
  return a.instance.name.text === b.instance.name.text;
}

function speaksTo(a: Placed, b: Placed): boolean {
  const own = b.instance.unicastSource?.text;
  return own !== undefined && isAmong(own, a.instance.peers.map(({ text }) => text));
}

function addressesOf({ instance: { addresses } }: Placed): readonly string[] {
  return addresses.map(({ address }) => address);
}
