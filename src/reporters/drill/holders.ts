/**
 * Who held the address, read from a timeline.
 * @module
 */
import type { HolderSpan, Span, Timeline } from "../../events.ts";
import { focusOf } from "./focus.ts";
import { milliseconds, number } from "./units.ts";
import type { DrillEnd } from "./units.ts";

/** Moves that are told one by one; more are counted. */
const TOLD = 4;

/** Every host that a timeline speaks of, those that held the address first. */
export function hostsOf({ holders, dark, backends }: Timeline): string[] {
  const held = holders.toSorted((a, b) => a.from - b.from);
  return [...new Set([...held, ...dark, ...backends].map(({ host }) => host))];
}

/** Stretches in which this many hosts held the address, that is none, or more than one. */
export function heldBy(timeline: Timeline, many: "nobody" | "several"): Span[] {
  const { holders, dark } = timeline;
  const from = Math.min(...holders.map(({ from }) => from));
  const to = Math.max(...holders.map(({ to }) => to));
  // Of a host that cannot be seen nobody knows that it did not hold the address.
  const known = many === "nobody" ? [...holders, ...dark] : holders;
  const moments = [...new Set(known.flatMap(({ from, to }) => [from, to]))]
    .filter((at) => at >= from && at <= to).sort((a, b) => a - b);
  const spans: { from: number; to: number }[] = [];
  for (const [i, start] of moments.slice(0, -1).entries()) {
    const end = moments[i + 1] ?? start;
    const middle = (start + end) / 2;
    const hosts = new Set(known.filter((it) => it.from <= middle && middle < it.to).map(hostOf));
    if (many === "nobody" ? hosts.size > 0 : hosts.size < 2) continue;
    const last = spans.at(-1);
    if (last?.to === start) last.to = end;
    else spans.push({ from: start, to: end });
  }
  return spans;
}

/**
 * Where the address went and how well it was kept: `lb1 -> lb2 after 120 ms, nobody for 61 ms, never
 * two`. Nothing where nobody looked.
 */
export function holdersText({ figures, timeline }: DrillEnd): string | undefined {
  const { maxHolders, twoHoldersMs, noHolderMs, moves } = figures ?? {};
  const way = timeline === undefined || timeline.holders.length === 0
    ? (moves === undefined ? undefined : `moved ${moves} times`)
    : wayOf(timeline);
  const nobody = noHolderMs === undefined
    ? undefined
    : noHolderMs === 0
    ? "never nobody"
    : `nobody for ${milliseconds(noHolderMs)}`;
  const several = maxHolders !== undefined && maxHolders > 2
    ? `up to ${maxHolders} at once`
    : "two";
  const two = twoHoldersMs === undefined
    ? undefined
    : twoHoldersMs === 0
    ? "never two"
    : `${several} for ${milliseconds(twoHoldersMs)}`;
  const parts = [way, nobody, two].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** `lb1 -> lb2 after 120 ms`, counted from the fault. */
function wayOf(timeline: Timeline): string {
  const { origin } = focusOf(timeline);
  const held = timeline.holders.toSorted((a, b) => a.from - b.from);
  const before = held.filter(({ from }) => from <= origin);
  // Of two that hold it then, the one that took it first is who had it.
  const start = before.find(({ to }) => to > origin) ?? before.at(-1);
  const moves = start === undefined ? held : movesAfter(origin, start.host, held);
  const told = moves.slice(0, TOLD).map(({ host, from }) =>
    ` -> ${host} after ${milliseconds(from - origin)}`
  );
  const more = moves.length > TOLD ? `, then ${number(moves.length - TOLD)} more moves` : "";
  const stays = moves.length === 0 ? " all the time" : "";
  return `${start?.host ?? "nobody"}${told.join("")}${more}${stays}`;
}

function movesAfter(
  origin: number,
  first: string,
  held: readonly HolderSpan[],
): readonly HolderSpan[] {
  let holder = first;
  return held.filter(({ host, from }) => {
    if (from <= origin || host === holder) return false;
    holder = host;
    return true;
  });
}

const hostOf = ({ host }: { readonly host: string }) => host;
