/**
 * From many runs of drills to the figures of a report, and the limits that they must keep. Pure.
 * @module
 */
import {
  compareDrills,
  type DrillComparison,
  type DrillEnd,
  type DrillHistory,
} from "../src/drills/measure/compare.ts";
import type { Event } from "../src/events.ts";
import type { Endpoint } from "../src/model.ts";

/** A profile that is measured. */
export type Profile = Endpoint["profile"];

/** All that was measured of one drill with one profile. Times in milliseconds. */
export interface Row {
  /** Its name. */
  readonly drill: string;
  /** Which figure the drill is judged by. */
  readonly figure: DrillComparison["figure"];
  /** That figure, over the rounds that can be trusted, and how these ended. */
  readonly history: DrillHistory;
  /** What was computed for that figure. */
  readonly predictedMs?: number;
  /** Longest time without an answer of all rounds, the return to normal included. */
  readonly worstMs?: number;
  /** Most that this may be. */
  readonly limitMs?: number;
  /** Most requests that failed in a round. */
  readonly failures: number;
  /** Longest that more than one host held the address. */
  readonly twoHoldersMs: number;
  /** Attempts that this machine kept from being measured; each was made again, or is lost. */
  readonly spoiled: number;
}

/** Every answer is gone as long as that fault stands: only the recovery can be limited. */
const NO_ANSWER = "api-servers-all-dead";

/** With these `standard` has to do better. */
const SOON = ["link-down", "power-off", "keepalived-stopped", "haproxy-stopped", "apply-restart"];

/** Most that clients may be without an answer, in milliseconds; `guide` promises nothing. */
export function limitOf(profile: Profile, drill: string): number | undefined {
  if (profile === "guide") return undefined;
  if (profile === "standard") return SOON.includes(drill) ? 1500 : 4000;
  return drill === NO_ANSWER ? undefined : 1000;
}

/** Figures of one profile, drill by drill, in the order in which they were run. */
export function rowsOf(profile: Profile, runs: readonly (readonly Event[])[]): readonly Row[] {
  const ends = runs.flatMap((events) => events.filter(isEnd));
  const rows = compareDrills([], ends).flatMap(({ drill, figure, after }): Row[] => {
    if (after === undefined) return [];
    const own = ends.filter((end) => end.drill === drill);
    const worst = own.filter(isTrusted).flatMap((end) => gapOf(end) ?? []);
    const [predictedMs] = own.flatMap((end) => end.predictedMs ?? []);
    const limitMs = limitOf(profile, drill);
    const most = (values: readonly number[]) => Math.max(0, ...values);
    return [{
      drill,
      figure,
      history: after,
      ...(predictedMs === undefined ? {} : { predictedMs }),
      ...(worst.length === 0 ? {} : { worstMs: most(worst) }),
      ...(limitMs === undefined ? {} : { limitMs }),
      failures: most(own.map(({ failures }) => failures)),
      twoHoldersMs: most(own.flatMap(({ figures }) => figures?.twoHoldersMs ?? [])),
      spoiled: spoiledIn(runs, drill),
    }];
  });
  return rows;
}

/** What of the limits does not hold, a sentence each; a drill without a figure proves nothing. */
export function brokenLimits(profile: Profile, rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ drill, worstMs, limitMs, history: { verdicts } }) => {
    const name = `${profile}, ${drill}`;
    if (profile === "guide" || verdicts.skipped > 0) return [];
    if (worstMs === undefined) return [`${name}: not measured`];
    return [
      ...(limitMs !== undefined && worstMs > limitMs
        ? [`${name}: no answer for ${Math.round(worstMs)} ms, allowed ${limitMs} ms`]
        : []),
      ...(verdicts.fail > 0 ? [`${name}: failed in ${verdicts.fail} rounds`] : []),
    ];
  });
}

/** Part of the time in which the probers themselves stood still, 0 to 1. */
export function stalledPart(runs: readonly (readonly Event[])[]): number {
  const ends = runs.flatMap((events) => events.filter(isEnd));
  const sum = (of: (end: DrillEnd) => number) => ends.reduce((all, end) => all + of(end), 0);
  return sum(({ figures }) => figures?.stalledMs ?? 0) /
    Math.max(1, sum(({ timeline }) => timeline?.ms ?? 0));
}

/** Longest time without an answer in a round; unset: it was not measured. */
function gapOf({ drill, figures }: DrillEnd): number | undefined {
  if (drill === NO_ANSWER) return figures?.recoveryMs;
  const gaps = [figures?.outageMs, figures?.returnMs].filter((ms) => ms !== undefined);
  return gaps.length === 0 ? undefined : Math.max(...gaps);
}

function isEnd(event: Event): event is DrillEnd {
  return event.type === "drill-end";
}

function isTrusted({ verdict }: DrillEnd): boolean {
  return verdict === "pass" || verdict === "fail";
}

/** Every attempt begins with a look; those beyond one a round were made again. */
function spoiledIn(runs: readonly (readonly Event[])[], drill: string): number {
  return runs.reduce((all, events) => {
    const looks = events.filter((event) =>
      event.type === "drill-phase" && event.drill === drill && event.phase === "preflight"
    );
    const ends = events.filter(isEnd).filter((end) => end.drill === drill);
    const lost = ends.filter(({ verdict }) => verdict === "unknown").length;
    return all + Math.max(0, looks.length - ends.length) + lost;
  }, 0);
}
