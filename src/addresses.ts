/**
 * The virtual addresses of an endpoint, and how an address is written where something follows it.
 * Text only.
 * @module
 */
import type { Endpoint } from "./model.ts";

/** Every virtual address of an endpoint, the one that clients are told first; each once. */
export function addressesOf(
  { address, moreAddresses = [], also = [] }: Pick<
    Endpoint,
    "address" | "moreAddresses" | "also"
  >,
): readonly string[] {
  return [...new Set([address, ...moreAddresses, ...also.flatMap(({ addresses }) => addresses)])];
}

/** The addresses of the endpoint's own service, without those that further services have. */
export function ownAddressesOf(
  { address, moreAddresses = [] }: Pick<Endpoint, "address" | "moreAddresses">,
): readonly string[] {
  return [...new Set([address, ...moreAddresses])];
}

/** Whether an address, which is known to be one, is of IPv6. */
export function isSix(address: string): boolean {
  return address.includes(":");
}

/**
 * An address with the prefix length that takes in nothing else: `10.0.0.10/32`, `fd00::10/128`.
 *
 * @example
 * ```ts
 * import { alone } from "./addresses.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["10.0.0.10", "fd00::10"].map(alone), ["10.0.0.10/32", "fd00::10/128"]);
 * ```
 */
export function alone(address: string): string {
  return `${address}/${isSix(address) ? 128 : 32}`;
}

/** An address as it stands before a port: `10.0.0.10`, `[fd00::10]`. */
export function bracketed(address: string): string {
  return isSix(address) ? `[${address}]` : address;
}
