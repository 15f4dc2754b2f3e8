/**
 * What the members of an endpoint must say alike, read from a keepalived.conf: those that differ in
 * any of it do not believe each other, and each of them takes the address.
 * @module
 */
import { createHash } from "node:crypto";
import { blocksOf, lastOf, parseKeepalived } from "../configs/keepalived.ts";
import type { Statement } from "../configs/model.ts";
import type { Agreement } from "../model.ts";

type Block = readonly Statement[];

/**
 * What a keepalived.conf says that must not differ between members; empty where it has no
 * `vrrp_instance`. What is not written stands as what Keepalived then takes. Of a password there is
 * a hash. What is said about IPv6 begins with the family; with several instances of one family every
 * name begins with the router id and the family that it belongs to: both may have the same id.
 *
 * @example
 * ```ts
 * import { agreementOf } from "./agreement.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const conf = "vrrp_instance VI_1 {\n virtual_router_id 51\n virtual_ipaddress { 10.0.0.10/24 }\n}";
 * assertEquals(agreementOf(conf), {
 *   "VRRP version": "2",
 *   "virtual router id": "51",
 *   "advert interval": "1 s",
 *   "authentication": "none",
 *   "addresses": "10.0.0.10",
 *   "transport": "multicast",
 * });
 * ```
 */
export function agreementOf(keepalivedConf: string): Agreement {
  const conf = parseKeepalived(keepalivedConf).statements;
  const globals = blocks(conf, "global_defs").flat();
  const instances = blocks(conf, "vrrp_instance");
  const [four, six] = [false, true].map((is) => instances.filter((it) => speaksSix(it) === is));
  const several = [four, six].some((those) => (those?.length ?? 0) > 1);
  const names = instances.flatMap((it) => {
    const { "virtual router id": id = "0", ...rest } = instance(it, globals);
    const family = speaksSix(it) ? 6 : 4;
    // One that is alone with its family goes by its family, whatever comes beside it.
    const of = several ? `router ${id}, IPv${family}: ` : family === 6 ? "IPv6 " : "";
    return Object.entries(several ? rest : { "virtual router id": id, ...rest })
      .map(([name, value]) => [of + name, value] as const);
  });
  return Object.fromEntries(several ? names.toSorted(([a], [b]) => a < b ? -1 : 1) : names);
}

/** Whether an instance is of IPv6: its addresses are, and they are of one family. */
function speaksSix(it: Block): boolean {
  return listed(it, "virtual_ipaddress").some((address) => address.includes(":"));
}

function instance(it: Block, globals: Block): Agreement {
  const addresses = listed(it, "virtual_ipaddress").map((address) => address.replace(/\/.*/, ""));
  const six = speaksSix(it);
  // IPv6 is spoken by version 3 alone, whatever is written.
  const version = six ? "3" : value(it, "version") ?? value(globals, "vrrp_version") ?? "2";
  return {
    "VRRP version": version,
    "virtual router id": value(it, "virtual_router_id") ?? "0",
    "advert interval": `${Number(value(it, "advert_int") ?? "1")} s`,
    ...(version === "3" ? { authentication: "none" } : authentication(it)),
    "addresses": addresses.toSorted().join(", "),
    "transport": transport(it, globals, six),
  };
}

/** Version 2 carries eight characters of a password; the rest is not looked at. */
function authentication(it: Block): Agreement {
  const inside = blocks(it, "authentication").flat();
  const password = value(inside, "auth_pass");
  if (password === undefined) return { authentication: "none" };
  const hash = createHash("sha256").update(password.slice(0, 8)).digest("hex").slice(0, 8);
  return { authentication: value(inside, "auth_type") ?? "PASS", password: `sha256:${hash}` };
}

/**
 * How members speak to each other. All of those that speak unicast are named, the member itself among
 * them, so that it is the same on each. One that does not write its own address cannot be named.
 */
function transport(it: Block, globals: Block, six: boolean): string {
  const peers = listed(it, "unicast_peer");
  if (peers.length === 0) {
    const group = value(globals, six ? "vrrp_mcast_group6" : "vrrp_mcast_group4");
    return group === undefined ? "multicast" : `multicast to ${group}`;
  }
  const own = value(it, "unicast_src_ip");
  return own === undefined ? "unicast" : `unicast among ${[own, ...peers].toSorted().join(", ")}`;
}

function blocks(within: Block, name: string): readonly Block[] {
  return blocksOf(within, name).map(({ block }) => block);
}

/** The first word of every line of the blocks of this name. */
function listed(within: Block, name: string): string[] {
  return blocks(within, name).flat().flatMap(({ words: [first] }) => first?.text ?? []);
}

/** What the last line that begins with this word says: later ones count. */
function value(within: Block, name: string): string | undefined {
  return lastOf(within, name)?.words[1]?.text;
}
