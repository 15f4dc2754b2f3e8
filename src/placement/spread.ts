/**
 * Where the members of a group are, and whether too many of them are on one physical host. Pure.
 * @module
 */
import type { PlacedHost, Placement, PlacementGroup, Pool, Seen } from "./model.ts";
import type { GroupSpread, Violation } from "./plan_model.ts";

/** A member, and where its machine was seen. */
export interface Seat {
  /** The member. */
  readonly host: PlacedHost;
  /** Where it is. */
  readonly placement: Placement;
}

/** Members that one pool places; without a pool, those that none does. */
export interface Share {
  /** The pool. */
  readonly pool?: Pool;
  /** Members in order; each machine once. */
  readonly seats: readonly Seat[];
  /** Physical hosts that they can be on. */
  readonly usable: readonly string[];
}

/** A group, and what was seen of it. */
export interface SeenGroup {
  /** The group. */
  readonly group: PlacementGroup;
  /** Its members by pool; those that were not found are missing. */
  readonly shares: readonly Share[];
  /** Members that were not found. */
  readonly missing: readonly PlacedHost[];
  /** Members whose machine an earlier member has, too. */
  readonly twice: readonly (readonly [first: PlacedHost, second: PlacedHost])[];
}

/** Joins the members of a group with what was seen. */
export function seenGroup(group: PlacementGroup, { placements, pools }: Seen): SeenGroup {
  const byName = new Map(placements.map((it) => [it.vm, it]));
  const seats = new Map<string, Seat>();
  const missing: PlacedHost[] = [];
  const twice: (readonly [PlacedHost, PlacedHost])[] = [];
  for (const host of group.members) {
    const placement = byName.get(host.vm);
    const other = placement && seats.get(placement.id);
    if (placement === undefined) missing.push(host);
    else if (other === undefined) seats.set(placement.id, { host, placement });
    else twice.push([other.host, host]);
  }
  const byPool = Map.groupBy(seats.values(), ({ placement }) => placement.pool);
  const shares = [...byPool].map(([name, seats]): Share => {
    if (name === undefined) return { seats, usable: hostsOf(seats) };
    const pool = pools.find((it) => it.name === name) ??
      { name, usableHosts: [], enforcing: "off" };
    return { pool, seats, usable: pool.usableHosts };
  });
  return { group, shares, missing, twice };
}

/**
 * How many of `members` are on one of so many hosts when they are spread evenly: the least that is
 * possible.
 *
 * @example
 * ```ts
 * import { evenly } from "./spread.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([evenly(6, 4), evenly(4, 4), evenly(1, 4), evenly(3, 0)], [2, 1, 1, 3]);
 * ```
 */
export function evenly(members: number, hosts: number): number {
  return Math.max(1, Math.ceil(members / Math.max(1, hosts)));
}

/** Physical hosts that have more members of the group than may be there, in order of appearance. */
export function violationsOf(seen: SeenGroup): Violation[] {
  const { group, shares } = seen;
  // No two may meet, whatever places them; spread evenly is what each pool can do for its own.
  const parts = group.policy === "spread"
    ? shares.map(({ seats, usable }) => ({ seats, most: evenly(seats.length, usable.length) }))
    : [{ seats: inOrder(group, [...shares, again(seen)]), most: 1 }];
  return parts.flatMap(({ seats, most }) =>
    [...Map.groupBy(seats, ({ placement }) => placement.host)].flatMap(([host, there]) => {
      if (host === undefined || there.length <= most) return [];
      return [{ group: group.name, host, members: there.map((it) => it.host.name), most }];
    })
  );
}

/** Two members that are one machine meet, wherever that one is. */
function again({ shares, twice }: SeenGroup): Pick<Share, "seats"> {
  const seats = shares.flatMap(({ seats }) => seats);
  return {
    seats: twice.flatMap(([first, host]) => {
      const seat = seats.find((it) => it.host === first);
      return seat === undefined ? [] : [{ host, placement: seat.placement }];
    }),
  };
}

/** The numbers of a group. */
export function spreadOf({ group, shares, missing }: SeenGroup): GroupSpread {
  const seats = inOrder(group, shares);
  const unknown = new Set([
    ...missing,
    ...seats.filter(({ placement }) => placement.host === undefined).map(({ host }) => host),
  ]);
  const most = group.policy === "spread"
    ? shares.map(({ seats, usable }) => evenly(seats.length, usable.length))
    : [];
  return {
    name: group.name,
    policy: group.policy,
    members: group.members.length,
    hosts: hostsOf(seats),
    usable: new Set(shares.flatMap(({ usable }) => usable)).size,
    most: Math.max(1, ...most),
    unknown: group.members.filter((it) => unknown.has(it)).map(({ name }) => name),
  };
}

/** Hosts that these are on, each once. */
export function hostsOf(seats: readonly Seat[]): string[] {
  return [...new Set(seats.flatMap(({ placement }) => placement.host ?? []))];
}

/** Members in the order of the inventory again. */
function inOrder({ members }: PlacementGroup, shares: readonly Pick<Share, "seats">[]): Seat[] {
  const seats = new Map(shares.flatMap(({ seats }) => seats).map((seat) => [seat.host, seat]));
  return members.flatMap((member) => seats.get(member) ?? []);
}
