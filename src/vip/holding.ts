/**
 * Who holds the addresses. Pure.
 * @module
 */
import type { Said } from "./ailing.ts";

/** What all of them say about one address. */
export interface Held {
  /** The address. */
  readonly address: string;
  /** Hosts that hold it. */
  readonly holders: readonly string[];
  /** A host that gave no answer holds it. */
  readonly elsewhere: boolean;
}

/** Who holds an address, as far as that can be told. */
export function heldOf(address: string, said: readonly Said[], silent: readonly string[]): Held {
  const holders = said.filter(({ holds }) => holds.includes(address)).map(({ host }) => host);
  const statuses = said.flatMap(({ services }) =>
    services.flatMap(({ through }) => through.get(address) ?? [])
  );
  // Who holds the address and answers through it but not us is there all the same. That it cannot
  // be reached has been said already, and is no reason to doubt the endpoint.
  const elsewhere = holders.length === 0 && silent.length > 0 &&
    statuses.some((status) => status !== "000");
  return { address, holders, elsewhere };
}

/** What is wrong with how many hold an address, in words that name no host: it moves. */
export function holdingFaults({ address, holders, elsewhere }: Held): string[] {
  if (holders.length > 1) return [`more than one host holds ${address}`];
  return holders.length === 1 || elsewhere ? [] : [`nobody holds ${address}`];
}

/**
 * All instances of a member have the same priority and the same checks, and who has the highest
 * takes every address: addresses that stay on different hosts say that something is wrong.
 */
export function apart(held: readonly Held[]): string[] {
  const places = new Set(held.map(({ holders: [first = "elsewhere"] }) => first));
  return places.size > 1 && held.every((one) => holdingFaults(one).length === 0)
    ? ["the addresses are held by different hosts"]
    : [];
}

/** Who holds what: once where it is the same for all addresses, else of each. */
export function heldBy(held: readonly Held[], silent: readonly string[]): string {
  const texts = held.map((one) => inWords(one, silent));
  const [first = "", ...others] = texts;
  return others.every((text) => text === first)
    ? first
    : held.map(({ address }, i) => `${address} ${texts[i]}`).join(", ");
}

function inWords({ holders, elsewhere }: Held, silent: readonly string[]): string {
  if (holders.length > 0) return `held by ${holders.join(", ")}`;
  if (elsewhere) return "held by a host that gave no answer";
  return silent.length > 0 ? "held by none of the hosts that answered" : "held by no host";
}
