/**
 * How `lint` says to people what it predicts of failovers. Text only.
 * @module
 */
import type { EventOf } from "../../events.ts";
import { duration, faultPhrase, missed, predictionText } from "../../reporters/prediction.ts";
import { printableLine } from "../../terminal.ts";

type Prediction = EventOf<"prediction">;

/** Of more endpoints only those are shown that cannot keep what somebody promised. */
const FEW = 8;

/** The lines of all predictions: of an endpoint one, of files by hand one for each fault. */
export function predictionLines(all: readonly Prediction[]): readonly string[] {
  const shown = all.length <= FEW
    ? all
    : all.filter((it) => it.sloWritten && missed(it).length > 0);
  const lines = shown.flatMap((it) => it.unpredicted === undefined ? [inOne(it)] : byFault(it));
  return lines.length === 0 ? [] : [...lines, ""];
}

function inOne(prediction: Prediction): string {
  return `${printableLine(prediction.endpoint)} predicted   ${predictionText(prediction)}`;
}

function byFault(prediction: Prediction): string[] {
  const { endpoint, faults, unpredicted = [], sloMs } = prediction;
  const over = missed(prediction);
  const rows = [
    ...faults.map((it) => ({
      ...it,
      time: duration(it.ms, over.includes(it) && duration(it.ms) === duration(sloMs ?? 0)),
    })),
    ...unpredicted.map((it) => ({ ...it, time: "?" })),
  ];
  const width = Math.max(...rows.map(({ time }) => time.length));
  return [
    `${
      printableLine(endpoint)
    } predicted   longest time without an answer, computed and not measured`,
    ...rows.map(({ fault, time, because }) =>
      `  ${time.padStart(width)}  ${faultPhrase(fault)}${
        because === undefined ? "" : `: ${printableLine(because)}`
      }`
    ),
  ];
}
