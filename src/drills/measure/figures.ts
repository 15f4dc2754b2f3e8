/**
 * Figures of a drill, from its timeline alone. Pure.
 * @module
 */
import type { DrillFigures, HolderSpan, RequestColumns, Timeline } from "../../drill_events.ts";
import { holdingOf, overlapWithin } from "./holding.ts";
import { boundsOf, momentsOf } from "./moments.ts";
import { requestsOf } from "./outages.ts";
import { lengthOf } from "./spans.ts";
import { figure } from "./words.ts";

const round = (ms: number): number => Math.round(ms * 10) / 10;

function failureKindsOf({ kinds, kind }: RequestColumns): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const place of kind) {
    const name = kinds[place] ?? "unknown";
    if (name !== "ok") counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** By how much moments of two hosts may be off from each other, of the worst two. */
function clockOf(holders: readonly HolderSpan[]): number | undefined {
  const worst = new Map<string, number>();
  for (const { host, uncertaintyMs } of holders) {
    worst.set(host, Math.max(worst.get(host) ?? 0, uncertaintyMs));
  }
  const [first, second = 0] = [...worst.values()].sort((a, b) => b - a);
  return first === undefined ? undefined : first + second;
}

function holderFigures({ holders, ms }: Timeline): Partial<DrillFigures> {
  const holding = holdingOf(holders, ms);
  const clockMs = clockOf(holders);
  if (holding === undefined || clockMs === undefined) return {};
  return {
    maxHolders: holding.most,
    twoHoldersMs: round(overlapWithin(holding.overlaps, [{ from: 0, to: ms }]).ms),
    noHolderMs: round(holding.none.reduce((sum, gap) => sum + lengthOf(gap), 0)),
    moves: holding.alone.length - 1,
    clockMs: round(clockMs),
  };
}

/** How the connection fared that stood open when something was broken, or healed. */
function watchOf(timeline: Timeline): string | undefined {
  const { fault, heal = 0 } = momentsOf(timeline);
  const after = timeline.watch.filter(({ to }) => to >= (fault ?? heal));
  const ended = after.filter(({ end }) => end !== "open");
  const [first] = ended;
  if (after.length === 0) return undefined;
  if (first === undefined) return "survived";
  const again = ended.length > 1 ? `, ended ${ended.length} times in all` : "";
  return `${first.end} after ${figure(first.silentMs)} ms${again}`;
}

/** What the unluckiest client of all waited, from when something was done on. */
function slowestOf(timeline: Timeline): number | undefined {
  const { window } = momentsOf(timeline);
  const waits = requestsOf(timeline)
    .filter(({ end, spoiled }) => end >= window.from && !spoiled)
    .map(({ at, end }) => end - at);
  return waits.length === 0 ? undefined : waits.reduce((most, ms) => Math.max(most, ms), 0);
}

/**
 * Figures of a timeline. Times count from the first fault and the first heal; of holders, from
 * moment 0 to the end. What could not be had is unset.
 */
export function figuresOf(timeline: Timeline): DrillFigures {
  const bounds = boundsOf(timeline);
  const failureKinds = failureKindsOf(timeline.requests);
  const watch = watchOf(timeline);
  const slowestMs = slowestOf(timeline);
  const { outageMs, returnMs, recoveryMs, degradedMs } = bounds;
  return {
    ...(outageMs === undefined ? {} : { outageMs: round(outageMs.ms) }),
    ...(returnMs === undefined ? {} : { returnMs: round(returnMs.ms) }),
    ...(recoveryMs === undefined ? {} : { recoveryMs: round(recoveryMs.ms) }),
    ...(degradedMs === undefined ? {} : { degradedMs: round(degradedMs.ms) }),
    ...(slowestMs === undefined ? {} : { slowestMs: round(slowestMs) }),
    requests: timeline.requests.at.length,
    failures: Object.values(failureKinds).reduce((sum, count) => sum + count, 0),
    failureKinds,
    ...holderFigures(timeline),
    ...(watch === undefined ? {} : { watch }),
    stalledMs: round(timeline.stalls.reduce((sum, stall) => sum + lengthOf(stall), 0)),
  };
}
