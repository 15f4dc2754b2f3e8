/**
 * From what was seen to what is said of a drill. Pure, but for the two clocks that it compares.
 * @module
 */
import type { DrillFigures, DrillVerdict, Timeline } from "../drill_events.ts";
import { figuresOf } from "./measure/figures.ts";
import { judge } from "./measure/judge.ts";
import { buildTimeline } from "./measure/timeline.ts";
import type { DrillPlan, HostRecord, ProbeRecord } from "./model.ts";
import type { Trial } from "./trial.ts";
import { INTERVAL_MS } from "./watch.ts";

/** What is said of a drill. */
export interface Judged {
  /** How it ended. */
  readonly verdict: DrillVerdict;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  /** Most that is allowed, in milliseconds. */
  readonly limitMs?: number;
  /** Which figure is held against it. */
  readonly judged?: NonNullable<DrillPlan["expect"]["judged"]>;
  /** Figures, where something was seen. */
  readonly figures?: DrillFigures;
  /** All that was seen. */
  readonly timeline?: Timeline;
  /** What was measured cannot be trusted, so that another try may tell more: why. */
  readonly doubtful?: string;
}

/** All that a drill brought back. */
export interface Seen {
  /** What the prober saw; unset: it did not live to tell. */
  readonly probe: ProbeRecord | undefined;
  /** What the samplers saw. */
  readonly records: readonly HostRecord[];
  /** What the owner promises, in milliseconds. */
  readonly promiseMs: number;
  /** Everything that was planned was done. */
  readonly whole: boolean;
}

/** Judges a drill that is over. */
export function judged(trial: Trial, { probe, records, promiseMs, whole }: Seen): Judged {
  const { effects, failures, problems, notes, plan } = trial;
  if (probe === undefined || probe.requests.length === 0) return unmeasured(trial);
  const zero = Math.min(...probe.requests.slice(0, 50).map(({ at }) => at));
  const end = effects.clock();
  const { timeline, doubts } = buildTimeline({
    probe,
    hosts: records,
    marks: trial.marks,
    address: trial.endpoint.address,
    intervalMs: INTERVAL_MS,
    zero,
    startedAt: Math.round(effects.now() - (end - zero)),
    end,
  });
  const figures = figuresOf(timeline);
  const seen = { figures, timeline };
  if (!whole) return { ...unmeasured(trial), ...seen };
  const found = judge(plan, { timeline, figures, doubts }, { promiseMs, failures });
  const doubtful = found.verdict === "unknown" && problems.length === 0
    ? { doubtful: found.reasons[0] ?? "what was measured cannot be trusted" }
    : {};
  return { ...found, ...seen, ...doubtful, reasons: [...found.reasons, ...problems, ...notes] };
}

/** Of a drill that did not come about. What is wrong with a host all the same makes it fail. */
function unmeasured({ effects, failures, problems, notes, struck }: Trial): Judged {
  const healed = struck ? "what was broken was healed" : "nothing was broken";
  const interrupted = effects.signal.aborted
    ? [failures.length === 0 ? `interrupted; ${healed}` : "interrupted"]
    : [];
  return {
    verdict: failures.length > 0 ? "fail" : "unknown",
    reasons: [...failures, ...interrupted, ...problems, ...notes],
  };
}
