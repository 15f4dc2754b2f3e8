/**
 * Arithmetic on IP addresses, and which interface and address of a host belong to an endpoint.
 * Text and numbers only.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import { TaskError } from "../errors.ts";
import type { Endpoint, Facts, Member, World } from "../model.ts";

/** Where a member speaks VRRP. */
export interface Attachment {
  /** Name of the interface. */
  readonly interface: string;
  /** The member's own address on it. */
  readonly address: string;
  /** Why these two, for people. */
  readonly reason: string;
}

/** Family of an IP address; undefined when the text is none. */
export function family(address: string): 4 | 6 | undefined {
  if (bytes4(address)) return 4;
  return groups6(address) ? 6 : undefined;
}

/** Whether the subnet of an interface address (`10.0.0.11/24`) holds another address. */
export function holds(cidr: string, address: string): boolean {
  const [own = "", length = ""] = cidr.split("/");
  const [a, b] = [bits(own), bits(address)];
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  const prefix = length === "" ? a.length : Number(length);
  return a.slice(0, prefix) === b.slice(0, prefix);
}

/**
 * What an IPv4 address is to the subnet of an interface address beside a host: its own name
 * (`network`), or everybody in it (`broadcast`); undefined: a host, or another subnet's.
 */
export function reserved(cidr: string, address: string): "network" | "broadcast" | undefined {
  const prefix = Number(cidr.split("/")[1] ?? 32);
  const of = family(address) === 4 ? bits(address) : undefined;
  // The two of a /31 are hosts (RFC 3021).
  if (of === undefined || prefix > 30 || !holds(cidr, address)) return undefined;
  const rest = of.slice(prefix);
  return rest.includes("1") ? rest.includes("0") ? undefined : "broadcast" : "network";
}

/** Whether two texts are the same IP address. */
export function sameAddress(a: string, b: string): boolean {
  const known = bits(a);
  return known !== undefined && known === bits(b);
}

/** Interface that the inventory names for a member; unset: the one whose subnet holds the address. */
export function namedInterface(endpoint: Endpoint, member: Member): string | undefined {
  return member.interface ?? (endpoint.interface === "auto" ? undefined : endpoint.interface);
}

/**
 * Interface and own address of a member: the interface whose subnet holds a virtual address, the
 * first one where no other is given, unless the inventory names one. Without facts both must come
 * from the inventory.
 * @throws {TaskError} when nothing fits; the message lists what exists
 */
export function attachment(
  endpoint: Endpoint,
  member: Member,
  world: World,
  address: string = endpoint.address,
): Attachment {
  const named = namedInterface(endpoint, member);
  const facts = world.facts.get(member.host.name);
  if (facts === undefined) return unseen(address, member, named);
  const own = member.addresses?.find((it) => family(it) === family(address));
  const found = candidates(endpoint, facts, named, address)
    // What is set by hand must be what is there.
    .filter((it) => own === undefined || sameAddress(it.address, own))
    // The address that the inventory gives wins over others in the same subnet.
    .sort((a, b) => rank(a, member) - rank(b, member))[0];
  if (found) return found;
  if (own !== undefined) {
    throw new TaskError(
      `Cannot use ${own} as own address of "${member.host.name}" beside ${address}: ` +
        `found ${list(facts)}`,
    );
  }
  const subject = named ?? `an interface for ${address}`;
  const wish = named === undefined
    ? `whose subnet holds it: set another "address", or "interface" of the endpoint`
    : "with that name and an address of the same family";
  throw new TaskError(
    `Cannot use ${subject} on "${member.host.name}": found ${list(facts)}, none ${wish}`,
  );
}

/** Own address of another member, as this one's peer list needs it. */
export function peerAddress(
  endpoint: Endpoint,
  member: Member,
  world: World,
  beside: string = endpoint.address,
): string {
  if (world.facts.has(member.host.name)) return attachment(endpoint, member, world, beside).address;
  const address = inventoryAddress(beside, member);
  // A management address would do for ssh and be wrong as a peer: what is rendered must not depend
  // on whether the other host could be asked.
  const own = world.facts.get(world.host)?.interfaces.flatMap((it) => it.addresses) ?? [];
  const near = own.filter((cidr) => holds(cidr, beside) && !isVirtual(cidr, endpoint));
  if (near.length === 0 || near.some((cidr) => holds(cidr, address))) return address;
  throw new TaskError(
    `Cannot find the address of "${member.host.name}" beside ${beside}: the host gave no ` +
      `answer, and its "${address}" of the inventory is in another subnet`,
  );
}

function unseen(beside: string, member: Member, named: string | undefined): Attachment {
  if (named === undefined) {
    throw new TaskError(
      `Cannot choose an interface on "${member.host.name}": nothing is known about the host, ` +
        `and "interface" of the endpoint is auto`,
    );
  }
  const address = inventoryAddress(beside, member);
  return { interface: named, address, reason: "named in the inventory, host not asked" };
}

function inventoryAddress(beside: string, { host: { name, address }, addresses = [] }: Member) {
  const found = [...addresses, address].find((it) => family(it) === family(beside));
  if (found !== undefined) return found;
  throw new TaskError(
    `Cannot find the address of "${name}": nothing is known about the host, ` +
      `and "${address}" is no address of the same family as ${beside}; give it one as ` +
      "ansible_host, or as endpoint_host: { address: ... }",
  );
}

function candidates(
  endpoint: Endpoint,
  facts: Facts,
  named: string | undefined,
  address: string,
): Attachment[] {
  const all = facts.interfaces.flatMap((it) =>
    it.addresses.map((cidr) => ({ interface: it.name, cidr, address: cidr.split("/")[0] ?? "" }))
  )
    // The holder carries the virtual address itself, which says nothing about its subnet.
    .filter((it) => !isVirtual(it.cidr, endpoint))
    .filter((it) => named === undefined || it.interface === named);
  const near = all.filter((it) => holds(it.cidr, address));
  const how = named === undefined ? "" : ", named in the inventory";
  if (near.length > 0) {
    return near.map((it) => ({
      ...it,
      reason: `${it.cidr} of ${it.interface} holds ${address}${how}`,
    }));
  }
  if (named === undefined) return [];
  return all.filter((it) => family(it.address) === family(address))
    .filter((it) => !it.address.toLowerCase().startsWith("fe80:"))
    .map((it) => ({ ...it, reason: `first address of ${it.interface}${how}` }));
}

function isVirtual(cidr: string, endpoint: Endpoint): boolean {
  const own = cidr.split("/")[0] ?? "";
  return addressesOf(endpoint).some((address) => sameAddress(own, address));
}

function rank(it: Attachment, member: Member): number {
  return it.address === member.host.address ? 0 : 1;
}

function list(facts: Facts): string {
  const all = facts.interfaces.map((it) => `${it.name} (${it.addresses.join(", ") || "none"})`);
  return all.length === 0 ? "no interface" : all.join(", ");
}

function bits(address: string): string | undefined {
  const four = bytes4(address);
  if (four) return four.map((it) => it.toString(2).padStart(8, "0")).join("");
  return groups6(address)?.map((it) => it.toString(2).padStart(16, "0")).join("");
}

function bytes4(address: string): number[] | undefined {
  const bytes: number[] = [];
  let [value, digits] = [0, 0];
  // Every lint and every file asks this of some texts: one walk, and no pieces.
  for (let i = 0; i <= address.length; i++) {
    const code = i < address.length ? address.charCodeAt(i) : DOT;
    if (code === DOT) {
      if (digits === 0 || value > 255) return undefined;
      bytes.push(value);
      [value, digits] = [0, 0];
    } else {
      if (code < ZERO || code > ZERO + 9 || ++digits > 3) return undefined;
      value = value * 10 + code - ZERO;
    }
  }
  return bytes.length === 4 ? bytes : undefined;
}

const DOT = 0x2e;
const ZERO = 0x30;

function groups6(address: string): number[] | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(address) || !address.includes(":")) return undefined;
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((it) => it === "" ? [] : it.split(":").flatMap(group));
  const gap = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  if (halves.length === 1 ? gap !== 0 : gap < 1) return undefined;
  const all = [...head ?? [], ...Array<number>(gap).fill(0), ...tail ?? []];
  return all.every((it) => it >= 0 && it <= 0xffff) ? all : undefined;
}

/** One group, or two for a dotted tail; -1 marks what is no group. */
function group(text: string): number[] {
  const four = bytes4(text);
  if (four) return [(four[0]! << 8) | four[1]!, (four[2]! << 8) | four[3]!];
  return [/^[0-9a-fA-F]{1,4}$/.test(text) ? parseInt(text, 16) : -1];
}
