/**
 * Addresses as they are written, compared as what they are. Pure.
 * @module
 */
import { holds } from "../../endpoint/network.ts";

/** Whether two addresses are the same one, however they are written. */
export function sameAddress(a: string, b: string): boolean {
  return a === b || holds(a, b);
}

/** Whether an address is among others. */
export function isAmong(address: string, others: readonly string[]): boolean {
  return others.some((it) => sameAddress(it, address));
}

/** An address without the length of its prefix. */
export function bare(cidr: string): string {
  return cidr.replace(/\/.*/, "");
}
