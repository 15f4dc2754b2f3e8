/**
 * Who held the address, against who should have. Pure.
 * @module
 */
import type { Span, Timeline } from "../../drill_events.ts";
import type { Expectation } from "../model.ts";
import { type Holding, holdingOf, overlapWithin } from "./holding.ts";
import { momentsOf } from "./moments.ts";
import { shared } from "./spans.ts";
import { figure, type Finding } from "./words.ts";

/** How long two holders may last after the heal of a fault that makes two. */
const AFTER_MS = 2000;

function holdersIn({ holders }: Timeline, window: Span): readonly string[] {
  return [
    ...new Set(
      holders.filter((span) => shared(span, window) !== undefined).map(({ host }) => host),
    ),
  ];
}

/** Who held it last before a moment: by clocks that are a little off, it may be gone already. */
function lastHolders({ holders }: Timeline, moment: number): readonly string[] {
  const earlier = holders.filter(({ from }) => from < moment);
  const last = earlier.reduce((most, { to }) => Math.max(most, Math.min(to, moment)), 0);
  return [...new Set(earlier.filter(({ to }) => to >= last).map(({ host }) => host))];
}

/** Whether it went to another host, or stayed, while the fault stood. */
function judgePlace(expect: Expectation, timeline: Timeline): Finding {
  const { window } = momentsOf(timeline);
  const { address = "any" } = expect;
  const before = lastHolders(timeline, window.from);
  const others = holdersIn(timeline, window).filter((host) => !before.includes(host));
  const from = before.join(" and ");
  if (address === "any") return {};
  if (before.length === 0) return { unsure: "it is not known who held the address before" };
  if (address === "moves" && others.length === 0) {
    return { wrong: `no other host took the address from ${from}` };
  }
  if (address === "moves") return { fine: `${others.join(" and ")} took the address from ${from}` };
  if (others.length === 0) return {};
  return {
    wrong: `the address moved to ${others.join(" and ")}, and should have stayed on ${from}`,
  };
}

/** Two holders that nothing excuses, from the first fault or heal on. */
function judgeOverlap(expect: Expectation, holding: Holding, timeline: Timeline): Finding {
  if (expect.twoHoldersMs !== "faulted") {
    // What is prepared is not what is measured.
    const measured = { from: momentsOf(timeline).window.from, to: timeline.ms };
    const { ms, certainMs } = overlapWithin(holding.overlaps, [measured]);
    const told = `${hostsOf(holding)} held the address for ${figure(ms)} ms`;
    const allowed = `allowed ${figure(expect.twoHoldersMs)} ms`;
    if (certainMs > expect.twoHoldersMs) return { wrong: `${told}, ${allowed}` };
    return ms > 0 ? { fine: `${told}, ${allowed}` } : {};
  }
  const { heal = timeline.ms } = momentsOf(timeline);
  const { twoHoldersAfterMs = AFTER_MS } = expect;
  const done = Math.min(heal, ...timeline.marks.map(({ at }) => at));
  const early = overlapWithin(holding.overlaps, [{ from: 0, to: done }]);
  if (early.certainMs > 0) {
    return { wrong: "two hosts held the address before anything was broken" };
  }
  // The split is one overlap of many that may come: the address returns with a short one.
  const after = overlapWithin(holding.overlaps, [{ from: heal, to: timeline.ms }]);
  if (after.certainMs <= twoHoldersAfterMs) return {};
  const allowed = `allowed ${figure(twoHoldersAfterMs)} ms`;
  return {
    wrong: `two hosts held the address for ${figure(after.ms)} ms after the heal, ${allowed}`,
  };
}

function hostsOf({ most }: Holding): string {
  return most === 2 ? "two hosts" : `${most} hosts`;
}

/** A split that must be seen. */
function judgeSplit(expect: Expectation, holding: Holding, timeline: Timeline): Finding {
  if (expect.splits !== true) return {};
  const { ms } = overlapWithin(holding.overlaps, [{ from: 0, to: timeline.ms }]);
  if (ms > 0) return { fine: `${hostsOf(holding)} held the address for ${figure(ms)} ms` };
  return { unsure: "two hosts were expected to hold the address, and were not seen to" };
}

/** Judges who held the address; nothing is certain when no host was seen to. */
export function judgeHolders(expect: Expectation, timeline: Timeline): readonly Finding[] {
  const holding = holdingOf(timeline.holders, timeline.ms);
  if (holding === undefined) return [{ unsure: "no host was seen to hold the address" }];
  return [
    judgePlace(expect, timeline),
    judgeOverlap(expect, holding, timeline),
    judgeSplit(expect, holding, timeline),
  ];
}
