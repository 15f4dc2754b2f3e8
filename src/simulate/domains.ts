/**
 * The failure domains of a machine: the physical host that it runs on where a platform has said it,
 * and else what the inventory declares. Pure.
 * @module
 */
import type { Host } from "../model.ts";
import { isCalled } from "../placement/names.ts";

/** Where machines run: the physical host, by the name of a host of the inventory. */
export type RunsOn = ReadonlyMap<string, string>;

/** What a platform has said of a machine. */
export interface Placed {
  /** Domains that the inventory declares and that are other ones: they are not looked at. */
  readonly leftOut: readonly string[];
}

/** Failure domains of one machine. */
export interface Domains {
  /** Their names. */
  readonly domains: readonly string[];
  /** Set where a platform has said it: these are physical hosts. */
  readonly placed?: Placed;
}

/**
 * The failure domain that the inventory gives a host, without blanks around it: nobody sees those,
 * and two domains would be made of one. Undefined: none that is a name.
 */
export function domainOf({ vars }: Host): string | undefined {
  const domain = vars["failure_domain"];
  if (typeof domain === "number" && Number.isFinite(domain)) return String(domain);
  // An expression is the name of none: only Ansible knows what it comes to.
  if (typeof domain !== "string" || domain.includes("{{")) return undefined;
  const name = domain.trim();
  return name === "" ? undefined : name;
}

/**
 * The failure domains of a machine that the inventory has under these names. Of one that no platform
 * knows, a declared domain that is called as a physical host is that host: what runs there is lost
 * with it.
 *
 * @example
 * ```ts
 * import { domainsOf } from "./domains.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const host = (name: string, failure_domain: string) => ({
 *   name,
 *   address: "10.0.0.1",
 *   become: true,
 *   sshArgs: [],
 *   groups: [],
 *   vars: { failure_domain },
 * });
 * const runsOn = new Map([["lb1", "esx-02.example.com"]]);
 * assertEquals(domainsOf([host("lb1", "rack-a")], runsOn), {
 *   domains: ["esx-02.example.com"],
 *   placed: { leftOut: ["rack-a"] },
 * });
 * assertEquals(domainsOf([host("m1", "esx-02")], runsOn), { domains: ["esx-02.example.com"] });
 * ```
 */
export function domainsOf(hosts: readonly Host[], runsOn: RunsOn): Domains {
  const declared = distinct(hosts.flatMap((host) => domainOf(host) ?? []));
  const seen = distinct(hosts.flatMap(({ name }) => runsOn.get(name) ?? []));
  if (seen.length > 0) {
    const leftOut = declared.filter((domain) => !seen.some((host) => isCalled(host, domain)));
    return { domains: seen, placed: { leftOut } };
  }
  const known = distinct([...runsOn.values()]);
  const meant = declared.flatMap((domain) => {
    const called = known.filter((host) => isCalled(host, domain));
    return called.length > 0 ? called : [domain];
  });
  return { domains: distinct(meant) };
}

const distinct = (names: readonly string[]) => [...new Set(names)];
