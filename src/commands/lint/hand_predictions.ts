/**
 * What `lint` says of failovers of files that were written by hand: events, and warnings where a
 * promise cannot be kept. Nobody promises anything there unless `--slo` says so.
 * @module
 */
import type { EventOf } from "../../events.ts";
import { type HandPrediction, handPredictions, type HandTime } from "../../lints/failover.ts";
import type { Subject } from "../../lints/model.ts";
import type { Diagnostic } from "../../model.ts";
import { duration, faultPhrase, readsAlike } from "../../reporters/prediction.ts";

/** What is predicted of files by hand. */
export interface HandPredicted {
  /** Faults that take longer than the promise, each where that is decided. */
  readonly warnings: readonly Diagnostic[];
  /** All of it as events of a moment. */
  events(at: number): readonly EventOf<"prediction">[];
}

/** Predicts what the files tell; `sloMs`: the longest failover that is let pass, in milliseconds. */
export function predictedByHand(subject: Subject, sloMs: number | undefined): HandPredicted {
  const all = handPredictions(subject);
  return {
    warnings: sloMs === undefined
      ? []
      : all.flatMap((it) =>
        it.times.filter(({ ms, promised }) => promised && ms > sloMs)
          .map((time) => warning(it, time, sloMs))
      ),
    events: (at) =>
      all.map(({ name, times, unknown }) => ({
        type: "prediction",
        at,
        endpoint: name,
        ...(sloMs === undefined ? {} : { sloMs }),
        sloWritten: sloMs !== undefined,
        faults: times.map(({ source: _, ...time }) => time),
        unpredicted: unknown,
      })),
  };
}

function warning({ name }: HandPrediction, time: HandTime, sloMs: number): Diagnostic {
  const { fault, ms, because, source } = time;
  const exactly = readsAlike([time], sloMs);
  return {
    severity: "warning",
    code: "slo-missed",
    message: `Cannot keep a failover of ${duration(sloMs, exactly)} for ${name}: clients would ` +
      `wait ${duration(ms, exactly)} ${faultPhrase(fault)}: ${because}`,
    source,
    hint: hint(fault),
  };
}

/** What shortens it. */
function hint(fault: HandTime["fault"]): string {
  return fault === "haproxy-dead" || fault === "haproxy-hung"
    ? 'write a smaller "interval" and "fall"; "weight 0" spares the wait for three adverts'
    : 'write "vrrp_version 3" and a smaller "advert_int", such as 0.3, on every member';
}
