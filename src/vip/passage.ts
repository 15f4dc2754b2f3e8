/**
 * Whether clients of one service get answers through its addresses. Pure.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import type { Service } from "../services.ts";
import { noServer, type Said } from "./ailing.ts";
import { pathOf, wellAs } from "./answer.ts";

/** The service that is looked at. */
export interface Subject {
  /** It. */
  readonly service: Service;
  /** Its place among what a load balancer says of its services. */
  readonly index: number;
  /** The endpoint has others. */
  readonly several: boolean;
}

/** What all of them say about one service. */
export interface View {
  /** API servers that the best host sees. */
  readonly up: number;
  /** `backends 3/3`. */
  readonly counted: string;
  /** What is said when no API server answers and that is no excuse. */
  readonly none: string;
  /** Answers that should have been good ones. */
  readonly wrong: readonly string[];
  /** That all answers were good ones; empty when that cannot be said. */
  readonly fine: readonly string[];
  /** What is wrong, in words that stay the same from look to look. */
  readonly faults: readonly string[];
}

/** What can be said about the ways of a service's clients. `alone`: the endpoint has one member. */
export function passagesOf(subject: Subject, said: readonly Said[], alone: boolean): View {
  const { service, index, several } = subject;
  const { name, endpoint } = service;
  const up = Math.max(0, ...said.map(({ services }) => services[index]?.backends ?? 0));
  const asked = `${pathOf(endpoint)}${name === undefined ? "" : ` of ${name}`}`;
  const addresses = addressesOf(endpoint);
  const only = addresses.length === 1;
  const way = (address: string) => only && !several ? "the address" : address;
  const seen = addresses.map((address) => seenOf(address, subject, said, up));
  const whole = up > 0 && seen.every(({ asked, blocked }) => asked > 0 && blocked.length === 0);
  const ways = only ? way(addresses[0] ?? "") : "every address";
  return {
    up,
    counted: `${name ?? "backends"} ${up}/${endpoint.backends.length}`,
    none: noServer(service),
    wrong: seen.flatMap(({ address, blocked }) =>
      blocked.map(({ host, status }) =>
        `${host} gets ${status === "000" ? "no answer" : status} from ${asked} through ` +
        way(address)
      )
    ),
    fine: whole ? [`${asked} through ${ways} ${seen[0]?.status}`] : [],
    faults: addresses.flatMap((address) =>
      cutOff(address, subject, said, alone).map(({ host }) =>
        `${asked} through ${way(address)} fails from ${host}`
      )
    ),
  };
}

function seenOf(
  address: string,
  { service: { endpoint }, index }: Subject,
  said: readonly Said[],
  up: number,
) {
  const well = wellAs(endpoint);
  const asked = said.flatMap(({ host, services }) => {
    const status = services[index]?.through.get(address);
    return status === undefined ? [] : [{ host, status }];
  });
  const blocked = up > 0 ? asked.filter(({ status }) => !well.includes(status)) : [];
  return { address, asked: asked.length, status: asked[0]?.status ?? "", blocked };
}

/**
 * Members that get no good answer through the address. When none of those that ask gets one, it is so
 * for all of them: the one that holds the address does not ask, and it may be another one later.
 */
function cutOff(
  address: string,
  subject: Subject,
  said: readonly Said[],
  alone: boolean,
): readonly Said[] {
  if (standsOtherwise(address, subject, said)) return [];
  const { service: { endpoint }, index } = subject;
  const well = wellAs(endpoint);
  const asking = said.filter(({ holds }) => !holds.includes(address) || alone);
  const failing = asking.filter(({ services }) =>
    !well.includes(services[index]?.through.get(address) ?? "")
  );
  const seen = said.some(({ services }) => (services[index]?.backends ?? 0) > 0);
  if (asking.length === 0) return seen ? [] : said;
  return failing.length === asking.length ? said : failing;
}

/**
 * The endpoint runs, under another address or port than it shall have, or without this service: that
 * nobody answers here yet is no fault of its own, and once somebody shall, silence is a new one.
 */
function standsOtherwise(address: string, { index }: Subject, said: readonly Said[]): boolean {
  const listens = ({ services }: Said) => services[index]?.listens === true;
  const holders = said.filter(({ holds }) => holds.includes(address));
  if (holders.length > 0) return holders.every((one) => one.haproxy && !listens(one));
  return said.some(({ keepalived, services }) => keepalived && services.some((it) => it.listens));
}
