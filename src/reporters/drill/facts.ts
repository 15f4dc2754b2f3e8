/**
 * What was measured, as lines with a name: the same words in every report.
 * @module
 */
import { everyAddress } from "./addresses.ts";
import { holdersText } from "./holders.ts";
import { type DrillEnd, milliseconds, number } from "./units.ts";

/** One line about a drill. */
export interface Fact {
  /** One word. */
  readonly name: string;
  /** What was measured, as one line. */
  readonly text: string;
}

const NAMES = {
  outageMs: "outage",
  returnMs: "return",
  recoveryMs: "recovery",
  degradedMs: "degraded",
} as const;

/** A figure of time that can be held against a limit. */
export type Judged = keyof typeof NAMES;

/** What one word stands for a figure of time. */
export function figureName(judged: Judged): string {
  return NAMES[judged];
}

/** Length of the figure that is held against the limit; unset where it could not be had. */
export function judgedMs(end: DrillEnd): number | undefined {
  const judged = end.judged ?? "outageMs";
  return end.figures?.[judged] ?? (judged === "outageMs" ? end.outageMs : undefined);
}

/** Every figure of a drill that could be had. Nothing of a drill that was not run. */
export function factsOf(end: DrillEnd): Fact[] {
  if (end.verdict === "skipped") return [];
  const facts: (Fact | undefined)[] = [
    ...(Object.keys(NAMES) as Judged[]).map((judged) => timeFact(end, judged)),
    { name: "requests", text: requestsText(end) },
    fact("slowest", slowestText(end)),
    fact("holders", holdersText(end)),
    fact("watch", end.figures?.watch),
    fact("accuracy", accuracyText(end)),
    fact("address", addressText(end)),
  ];
  return facts.filter((fact) => fact !== undefined);
}

function fact(name: string, text: string | undefined): Fact | undefined {
  return text === undefined ? undefined : { name, text };
}

/** `183 ms (predicted 306, allowed 2,000)`. */
function timeFact(end: DrillEnd, judged: Judged): Fact | undefined {
  const held = (end.judged ?? "outageMs") === judged;
  const value = end.figures?.[judged] ?? (judged === "outageMs" ? end.outageMs : undefined);
  if (value === undefined && !held) return undefined;
  const none = value === 0 && !momentary(end, judged);
  const text = value === undefined ? "not measured" : none ? "none" : milliseconds(value);
  const beside = !held ? [] : [
    end.predictedMs === undefined ? "" : `predicted ${number(end.predictedMs)}`,
    end.limitMs === undefined ? "" : `allowed ${number(end.limitMs)}`,
  ].filter((part) => part !== "");
  return {
    name: NAMES[judged],
    text: beside.length === 0 ? text : `${text} (${beside.join(", ")})`,
  };
}

/** Nothing was degraded for long, and yet something failed: the time has no length, but is not none. */
function momentary(end: Pick<DrillEnd, "failures">, judged: Judged): boolean {
  return judged === "degradedMs" && end.failures > 0;
}

/** `1,240, 9 failed (7 refused, 2 timeout)`. */
export function requestsText({ requests, failures, figures }: DrillEnd): string {
  if (failures === 0) return `${number(requests)}, none failed`;
  const kinds = Object.entries(figures?.failureKinds ?? {}).filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a).map(([kind, count]) => `${number(count)} ${kind}`);
  const list = kinds.length === 0 ? "" : ` (${kinds.join(", ")})`;
  return `${number(requests)}, ${number(failures)} failed${list}`;
}

/** `1,002 ms for one request`: the outage is over when the next one is answered, for this one it is not. */
function slowestText({ figures }: DrillEnd): string | undefined {
  const ms = figures?.slowestMs;
  return ms === undefined ? undefined : `one request waited ${milliseconds(ms)}`;
}

function accuracyText({ figures }: DrillEnd): string | undefined {
  const clocks = figures?.clockMs;
  const parts = [
    clocks === undefined
      ? ""
      : `clocks agree within ${clocks < 10 ? clocks.toFixed(1) : number(clocks)} ms`,
    (figures?.stalledMs ?? 0) === 0
      ? ""
      : `the prober stood still for ${milliseconds(figures?.stalledMs ?? 0)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(", ");
}

const VERDICTS = {
  pass: "passed",
  fail: "failed",
  unknown: "unknown",
  skipped: "skipped",
} as const;

/**
 * Which address everything else is told of, and how the others fared: `fd00::10 fared worst;
 * 10.0.0.10 passed, outage 183 ms, 9 requests failed`. Nothing where there is only one.
 */
function addressText(end: DrillEnd): string | undefined {
  const [worst, ...others] = everyAddress(end);
  if (worst?.address === undefined || others.length === 0) return undefined;
  const told = others.map((other) => {
    const word = VERDICTS[other.verdict];
    if (other.figures === undefined) return `${other.address} was not asked to the end`;
    const ms = judgedMs(other);
    const judged = end.judged ?? "outageMs";
    const figure = ms === undefined
      ? []
      : ms > 0 || momentary(other, judged)
      ? [`${figureName(judged)} ${milliseconds(ms)}`]
      : [judged === "degradedMs" ? "no request failed" : `no ${figureName(judged)}`];
    const requests = other.failures === 1 ? "request" : "requests";
    const failed = other.failures === 0 ? [] : [`${number(other.failures)} ${requests} failed`];
    return `${other.address} ${[word, ...figure, ...failed].join(", ")}`;
  });
  return [`${worst.address} fared worst`, ...told].join("; ");
}
