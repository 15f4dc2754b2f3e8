/**
 * How many held the address at the same time: figures of spans whose moments are a little off. Pure.
 * @module
 */
import type { HolderSpan, Span } from "../../drill_events.ts";
import { lengthOf, shared, union, without } from "./spans.ts";

/** A time in which two hosts held the address, beyond what their clocks may be off. */
export interface Overlap extends Span {
  /** The two. */
  readonly hosts: readonly [string, string];
  /** How much of it is not certain. */
  readonly looseMs: number;
}

/** What the spans of all hosts come to. */
export interface Holding {
  /** Most hosts at the same time. */
  readonly most: number;
  /** Overlaps that are certain to have been. */
  readonly overlaps: readonly Overlap[];
  /** Times without a holder, between the first and the end. */
  readonly none: readonly Span[];
  /** Who held it alone, one after the other; neighbours differ. */
  readonly alone: readonly string[];
}

/**
 * What two spans certainly share: both clocks may be off, in opposite directions, so the overlap is
 * what is left of it when one of the spans is moved by as much.
 */
function overlapOf(a: HolderSpan, b: HolderSpan): Overlap | undefined {
  const part = shared(a, b);
  if (part === undefined || a.host === b.host) return undefined;
  const loose = a.uncertaintyMs + b.uncertaintyMs;
  const moved = (by: number) => shared(a, { from: b.from + by, to: b.to + by });
  const least = [moved(loose), moved(-loose)].map((span) =>
    span === undefined ? 0 : lengthOf(span)
  );
  const certain = Math.min(...least);
  if (certain <= 0) return undefined;
  return { ...part, hosts: [a.host, b.host], looseMs: Math.max(0, lengthOf(part) - certain) };
}

/** Moments at which something begins or ends, in order, as the spans between them. */
function pieces(spans: readonly Span[]): readonly Span[] {
  const moments = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  return moments.slice(1).map((to, i) => ({ from: moments[i] ?? to, to }));
}

/** Largest set of hosts of which every two overlap. */
function clique(pairs: readonly Overlap[]): number {
  const hosts = [...new Set(pairs.flatMap((pair) => pair.hosts))];
  const joined = (a: string, b: string) =>
    pairs.some(({ hosts: [x, y] }) => (x === a && y === b) || (x === b && y === a));
  const grow = (chosen: readonly string[], left: readonly string[]): number =>
    left.reduce(
      (most, host, i) =>
        chosen.every((other) => joined(other, host))
          ? Math.max(most, grow([...chosen, host], left.slice(i + 1)))
          : most,
      chosen.length,
    );
  return grow([], hosts);
}

/** Gaps between holders; one between two hosts counts when it is beyond what their clocks are off. */
function gapsOf(holders: readonly HolderSpan[], ms: number): readonly Span[] {
  const first = Math.min(...holders.map(({ from }) => from));
  return without({ from: first, to: ms }, holders).filter((gap) => {
    const before = holders.filter(({ to }) => to === gap.from);
    const after = holders.filter(({ from }) => from === gap.to);
    const same = before.some(({ host }) => after.some((next) => next.host === host));
    const loose = [...before, ...after].map(({ uncertaintyMs }) => uncertaintyMs);
    return same || lengthOf(gap) > loose.reduce((sum, each) => sum + each, 0);
  });
}

/** Who was alone, in order. */
function aloneOf(holders: readonly HolderSpan[]): readonly string[] {
  const sole = pieces(holders).flatMap((piece) => {
    const hosts = new Set(
      holders.filter((span) => shared(span, piece) !== undefined).map(({ host }) => host),
    );
    return hosts.size === 1 ? [...hosts] : [];
  });
  return sole.filter((host, i) => host !== sole[i - 1]);
}

/** Counts holders; nothing when no host was ever seen to hold the address. */
export function holdingOf(holders: readonly HolderSpan[], ms: number): Holding | undefined {
  if (holders.length === 0) return undefined;
  const overlaps = holders.flatMap((a, i) =>
    holders.slice(i + 1).flatMap((b) => overlapOf(a, b) ?? [])
  );
  const counts = pieces(overlaps).map((piece) =>
    clique(overlaps.filter((overlap) => shared(overlap, piece) !== undefined))
  );
  return {
    most: Math.max(1, ...counts),
    overlaps,
    none: gapsOf(holders, ms),
    alone: aloneOf(holders),
  };
}

/** How long overlaps lasted within some spans: as seen, and what is certain of it. */
export function overlapWithin(
  overlaps: readonly Overlap[],
  windows: readonly Span[],
): { readonly ms: number; readonly certainMs: number } {
  const parts = overlaps.flatMap((overlap) =>
    windows.flatMap((window) => {
      const part = shared(overlap, window);
      return part === undefined ? [] : [{ ...part, looseMs: overlap.looseMs }];
    })
  );
  const ms = union(parts).reduce((sum, part) => sum + lengthOf(part), 0);
  const loose = parts.reduce((most, { looseMs }) => Math.max(most, looseMs), 0);
  return { ms, certainMs: Math.max(0, ms - loose) };
}
