/**
 * From evidence to a verdict. Pure.
 * @module
 */
import type { DrillVerdict } from "../../drill_events.ts";
import type { DrillPlan, Evidence, Expectation } from "../model.ts";
import { judgeHolders } from "./judge_holders.ts";
import { boundsOf, lastSilence, momentsOf } from "./moments.ts";
import { requestsOf } from "./outages.ts";
import { covered } from "./spans.ts";
import { figure, type Finding } from "./words.ts";

/** Name of a figure that can be held against a limit. */
export type JudgedFigure = NonNullable<Expectation["judged"]>;

/** What else is known to the judge. */
export interface JudgeOptions {
  /** Most that the inventory allows, in milliseconds. */
  readonly promiseMs: number;
  /** What went wrong beyond doubt, whatever was measured: a sentence each. @default {[]} */
  readonly failures?: readonly string[];
}

/** How a drill is judged. */
export interface Judgement {
  /** The verdict. */
  readonly verdict: Exclude<DrillVerdict, "skipped">;
  /** Why, a sentence each, the weightiest first; of a drill that passed what is worth knowing. */
  readonly reasons: readonly string[];
  /** Most that the judged figure may be, in milliseconds. */
  readonly limitMs: number;
  /** Which figure that is. */
  readonly judged: JudgedFigure;
}

const WORDS: Readonly<Record<JudgedFigure, (ms: string) => string>> = {
  outageMs: (ms) => `no answer for ${ms} ms`,
  returnMs: (ms) => `no answer for ${ms} ms after the heal`,
  recoveryMs: (ms) => `the first answer came ${ms} ms after the heal`,
  degradedMs: (ms) => `requests failed over ${ms} ms`,
};

const UNMEASURED: Readonly<Record<JudgedFigure, string>> = {
  outageMs: "nothing was broken, so there is no outage to measure",
  returnMs: "nothing was healed, so there is no return to measure",
  recoveryMs: "it was answered up to the heal, so there is no recovery to measure",
  degradedMs: "nothing was broken, so there are no failures to measure",
};

/** The judged figure against its limit. Where the prober stood still it has two bounds. */
function judgeTime(
  { timeline, figures }: Evidence,
  judged: JudgedFigure,
  limitMs: number,
): Finding {
  const bounds = boundsOf(timeline)[judged];
  if (bounds === undefined) {
    return lastSilence(timeline) === undefined ? { unsure: UNMEASURED[judged] } : {};
  }
  const words = WORDS[judged];
  const allowed = `allowed ${figure(limitMs)} ms`;
  if (bounds.ms > limitMs) return { wrong: `${words(figure(bounds.ms))}, ${allowed}` };
  if (bounds.mostMs === Infinity) return {};
  if (bounds.mostMs > limitMs) {
    const stood = `the prober stood still for ${figure(figures.stalledMs)} ms`;
    return { unsure: `${stood}: ${words(`up to ${figure(bounds.mostMs)}`)}, ${allowed}` };
  }
  if (bounds.ms === 0) {
    return { fine: judged === "degradedMs" ? undegraded(timeline) : "no outage" };
  }
  return { fine: `${words(figure(bounds.ms))}, ${allowed}` };
}

/**
 * A time of failures without length: nothing failed, or what failed was sent at one moment. What
 * failed before or after it is counted elsewhere, and must not be denied here.
 */
function undegraded(timeline: Evidence["timeline"]): string {
  const { window } = momentsOf(timeline);
  const failed = requestsOf(timeline).filter(({ ok }) => !ok);
  const during = failed.filter(({ at, end }) => at < window.to && end >= window.from);
  if (during.length > 0) return `${count(during.length)}, and none after that`;
  return failed.length === 0 ? "no request failed" : "no request failed while the fault stood";
}

/** `1 request failed`. */
function count(failed: number): string {
  return `${figure(failed)} ${failed === 1 ? "request" : "requests"} failed`;
}

/** What the return to normal cost, where it is not what the drill is about: it is felt all the same. */
function judgeReturn(evidence: Evidence, judged: JudgedFigure, limitMs: number): Finding {
  const aside = judged === "outageMs" || judged === "degradedMs";
  // Of an endpoint that never came back the end is judged.
  if (!aside || lastSilence(evidence.timeline) !== undefined) return {};
  if (boundsOf(evidence.timeline).returnMs === undefined) return {};
  const { wrong, unsure } = judgeTime(evidence, "returnMs", limitMs);
  return { ...(wrong === undefined ? {} : { wrong }), ...(unsure === undefined ? {} : { unsure }) };
}

/** The end of the measurement: an endpoint that is silent then has not come back. */
function judgeEnd({ timeline }: Evidence, judged: JudgedFigure, limitMs: number): Finding {
  const silence = lastSilence(timeline);
  if (silence === undefined) return {};
  const { heal = 0 } = momentsOf(timeline);
  const from = judged === "recoveryMs" ? Math.max(heal, silence.from) : silence.from;
  const ms = silence.ms - (from - silence.from);
  const told = `no answer in the last ${figure(ms)} ms of the measurement`;
  return ms > limitMs
    ? { wrong: `${told}, allowed ${figure(limitMs)} ms` }
    : { unsure: `${told}: it may have gone on` };
}

/** Failed requests against the most that may fail, from when something was first done. */
function judgeFailures({ timeline }: Evidence, most: number | undefined): Finding {
  if (most === undefined) return {};
  const { window } = momentsOf(timeline);
  const failed = requestsOf(timeline).filter(({ ok, end }) => !ok && end >= window.from);
  const sure = failed.filter(({ spoiled }) => !spoiled).length;
  if (sure > most) return { wrong: `${count(sure)}, allowed ${figure(most)}` };
  const stalledMs = covered(window, timeline.stalls);
  if (failed.length > most) {
    return { unsure: `${count(failed.length)} while the prober stood still` };
  }
  if (stalledMs > 0) {
    return {
      unsure: `the prober stood still for ${figure(stalledMs)} ms, in which nothing was asked`,
    };
  }
  return failed.length === 0 ? {} : { fine: `${count(failed.length)}, allowed ${figure(most)}` };
}

const sentences = (findings: readonly Finding[], key: keyof Finding): readonly string[] =>
  findings.flatMap((finding) => finding[key] ?? []);

/**
 * Judges a drill. It fails only by what is beyond doubt: what the engine saw to be wrong, and what
 * the prober saw, whose stalls are cut out. What hosts recorded makes it fail only where nothing is
 * doubtful. Any doubt that could change the verdict makes it `unknown`.
 */
export function judge(
  plan: DrillPlan,
  evidence: Evidence,
  { promiseMs, failures = [] }: JudgeOptions,
): Judgement {
  const { judged = "outageMs", limitMs = promiseMs } = plan.expect;
  const asked = [
    judgeTime(evidence, judged, limitMs),
    judgeReturn(evidence, judged, Math.max(limitMs, promiseMs)),
    judgeEnd(evidence, judged, limitMs),
    judgeFailures(evidence, plan.expect.failures),
  ];
  const recorded = judgeHolders(plan.expect, evidence.timeline);
  const sure = [...failures, ...sentences(asked, "wrong")];
  const wrong = sentences(recorded, "wrong");
  const all = [...asked, ...recorded];
  const doubts = [...evidence.doubts, ...sentences(all, "unsure")];
  const rest = { limitMs, judged };
  if (sure.length > 0 || (wrong.length > 0 && evidence.doubts.length === 0)) {
    return { verdict: "fail", reasons: [...sure, ...wrong, ...doubts], ...rest };
  }
  if (doubts.length > 0) return { verdict: "unknown", reasons: [...doubts, ...wrong], ...rest };
  return { verdict: "pass", reasons: sentences(all, "fine"), ...rest };
}
