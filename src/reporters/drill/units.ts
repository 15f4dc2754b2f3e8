/**
 * Numbers of a drill as people read them.
 * @module
 */
import type { DrillEvent, DrillVerdict, Mark } from "../../events.ts";

/** The end of a drill. */
export type DrillEnd = Extract<DrillEvent, { type: "drill-end" }>;

/** A count or a length with its thousands apart: `2,000`. */
export function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Milliseconds, whole: `2,000 ms`. */
export function milliseconds(value: number): string {
  return `${number(value)} ms`;
}

/** Milliseconds as seconds with one digit: `2.0 s`. */
export function seconds(value: number): string {
  return `${(value / 1000).toFixed(1)} s`;
}

/** A moment relative to another: `+1.50 s`, `-0.20 s`. */
export function moment(value: number): string {
  return `${value < 0 ? "-" : "+"}${(Math.abs(value) / 1000).toFixed(2)} s`;
}

/** Which of several rounds, nothing where there is one: `round 2 of 3`. */
export function roundOf(
  { round, rounds }: { readonly round: number; readonly rounds: number },
): string {
  return rounds > 1 ? `round ${round} of ${rounds}` : "";
}

/** Verdicts from the best to the worst, as a summary counts them. */
export const VERDICTS: readonly DrillVerdict[] = ["pass", "fail", "unknown", "skipped"];

/** `14 passed, 1 failed`: how many drills came out how; nothing is said of what did not occur. */
export function verdictCounts(ends: readonly Pick<DrillEnd, "verdict">[]): string {
  const words = { pass: "passed", fail: "failed", unknown: "unknown", skipped: "skipped" };
  const counts = VERDICTS.flatMap((verdict) => {
    const count = ends.filter((end) => end.verdict === verdict).length;
    return count === 0 ? [] : [`${number(count)} ${words[verdict]}`];
  });
  return counts.join(", ") || "no drill ended";
}

/** What a mark says, with its host where the text does not name it: `stop keepalived on lb1`. */
export function markText({ text, host }: Mark): string {
  return host === undefined || text.split(/[\s,:]+/).includes(host) ? text : `${text} on ${host}`;
}
