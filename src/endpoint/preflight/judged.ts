/**
 * What preflights share when they judge: findings that several hosts have in common. Pure.
 * @module
 */
import type { Facts, Finding } from "../../model.ts";
import { sameAddress } from "../network.ts";

/** A finding of one host. */
export type Found = Omit<Finding, "hosts"> & { readonly host: string };

/** Findings of single hosts, those that say the same put together, in order of appearance. */
export function merged(found: readonly Found[]): readonly Finding[] {
  const known = new Map<string, { readonly finding: Omit<Finding, "hosts">; hosts: string[] }>();
  for (const { host, ...finding } of found) {
    const key = JSON.stringify([finding.severity, finding.message, finding.hint]);
    const same = known.get(key);
    if (same === undefined) known.set(key, { finding, hosts: [host] });
    else if (!same.hosts.includes(host)) same.hosts.push(host);
  }
  return [...known.values()].map(({ finding, hosts }) => ({ ...finding, hosts }));
}

/** Where a host carries an address. */
export interface Carried {
  /** Name of the interface. */
  readonly interface: string;
  /** The address as the interface has it: `10.0.0.10/24`. */
  readonly cidr: string;
}

/** Where a host carries an address now, if it does. */
export function carriedBy({ interfaces }: Facts, address: string): Carried | undefined {
  return interfaces.flatMap(({ name, addresses }) =>
    addresses.filter((cidr) => isOf(cidr, address)).map((cidr) => ({ interface: name, cidr }))
  )[0];
}

/** Names of the hosts that carry an address now. */
export function carriersOf(address: string, facts: ReadonlyMap<string, Facts>): readonly string[] {
  return [...facts].filter(([, its]) => carriedBy(its, address)).map(([host]) => host);
}

/** Whether an interface address (`10.0.0.10/24`) is this address. */
export function isOf(cidr: string, address: string): boolean {
  return sameAddress(cidr.split("/")[0] ?? "", address);
}

/** The rest of every line of an answer that begins with this word, split at spaces. */
export function rows(stdout: string, word: string): readonly (readonly string[])[] {
  return stdout.split("\n").map((line) => line.split(" "))
    .filter(([first]) => first === word).map(([, ...rest]) => rest);
}
