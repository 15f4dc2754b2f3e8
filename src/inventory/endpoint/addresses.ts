/**
 * The virtual addresses of an endpoint and the own ones of its hosts, in one spelling each.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import { canonicalIp, isIpv4 } from "../connection/grammar.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import type { EndpointHostMap, EndpointMap } from "./schema.ts";

/** Most addresses of one family that Keepalived announces together, whatever its version. */
const MOST = 20;

/** Where addresses stand, and who hears what is wrong with them. */
export interface AddressesContext {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** The map that has the key `address`. */
  readonly node: LocatedMap;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** The virtual addresses, in the order in which they were written; wrong ones are reported. */
export function virtualAddresses(
  { address, profile }: Pick<EndpointMap, "address" | "profile">,
  context: AddressesContext,
): readonly string[] {
  const list = spelled(address, context);
  list.forEach((one, i) => {
    if (list.indexOf(one) === i && !canMove(one)) {
      refuse(i, `${quote(one)} is not an address that one host can have on a network`, context);
    }
  });
  for (const family of [4, 6] as const) {
    const many = list.findIndex((_, i) => ofFamily(list.slice(0, i + 1), family).length > MOST);
    if (many >= 0) refuse(many, `it has more than ${MOST} of IPv${family}`, context);
  }
  const [first = ""] = list;
  if (profile === "guide" && (list.length > 1 || !isIpv4(first))) {
    const reason = "profile guide is what the seed document says, and that is one IPv4 address";
    refuse(list.length > 1 ? 1 : 0, reason, context, "profile: standard");
  }
  return [...new Set(list)];
}

/** Reports more addresses than Keepalived announces together, those of further services among them. */
export function familyLimit(
  all: readonly string[],
  { label, node, report }: AddressesContext,
): void {
  for (const family of [4, 6] as const) {
    if (ofFamily([...new Set(all)], family).length <= MOST) continue;
    const message = `Cannot use "also" of ${label}: with its own addresses there are more than ` +
      `${MOST} of IPv${family}`;
    report(errorAt(below(node, ["also"])?.source, "address", message));
  }
}

/** A host's own addresses as the inventory gives them: at most one of each family. */
export function ownAddresses(
  { address }: EndpointHostMap,
  context: AddressesContext,
): readonly string[] | undefined {
  if (address === undefined) return undefined;
  const list = [...new Set(spelled(address, context))];
  for (const family of [4, 6] as const) {
    const [one, other] = ofFamily(list, family);
    if (one === undefined || other === undefined) continue;
    const reason = `${quote(one)} and ${quote(other)} are both of IPv${family}, and it speaks ` +
      "with one of each family";
    refuse(list.indexOf(other), reason, context);
  }
  return list;
}

/** One spelling of each; one that is there already is reported. */
function spelled(given: EndpointMap["address"], context: AddressesContext): readonly string[] {
  const list = [given].flat().map(canonicalIp);
  list.forEach((one, i) => {
    const first = list.indexOf(one);
    if (first === i) return;
    refuse(i, `${quote(one)} is there already at ${placeOf(place(first, context))}`, context);
  });
  return list;
}

function ofFamily(list: readonly string[], family: 4 | 6): readonly string[] {
  return list.filter((one) => isIpv4(one) === (family === 4));
}

/**
 * Whether it can belong to one host now and to another one later. A link-local address does not say
 * on which link, and one that is mapped is an IPv4 address in other clothes.
 */
function canMove(address: string): boolean {
  if (isIpv4(address)) return !/^(0|127|22[4-9]|2[3-5]\d)\./.test(address);
  return !/^(::1?$|::ffff:|fe[89ab]|ff)/.test(address);
}

function place(index: number, { node }: AddressesContext) {
  return (below(node, ["address", index]) ?? below(node, ["address"]))?.source;
}

function refuse(index: number, reason: string, context: AddressesContext, hint?: string): void {
  const message = `Cannot use "address" of ${context.label}: ${reason}`;
  context.report(errorAt(place(index, context), "address", message, hint));
}
