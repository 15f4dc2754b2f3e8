import type { EventOf } from "../events.ts";

type Prediction = EventOf<"prediction">;

/** Faults as people say them, those that a line always shows first. */
const PHRASES: Readonly<Record<string, string>> = {
  "holder-lost": "when the holder is lost",
  "haproxy-dead": "when HAProxy dies",
  "haproxy-hung": "when HAProxy hangs",
  "holder-stopped": "when the holder is shut down",
  "holder-returned": "when the holder comes back",
  "keepalived-killed": "when Keepalived is killed",
  "keepalived-frozen": "when Keepalived stands still",
  "adverts-blocked": "when adverts are lost",
  "address-removed": "when the address is taken off the holder",
  "reloaded": "when a daemon is reloaded",
  "backends-lost": "when the holder alone sees no API server",
  "api-server-refused": "when an API server refuses connections",
  "api-server-lost": "when an API server is silent",
};

/** So many faults stand in a line, whatever they take. */
const ALWAYS = 4;

/** A fault for people: `when the holder is lost`; one of a later version by its own name. */
export function faultPhrase(fault: string): string {
  return PHRASES[fault] ?? `at ${fault}`;
}

/**
 * A time in milliseconds for people; `exactly` where a tenth of a second is too coarse.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { duration } from "./prediction.ts";
 *
 * assertEquals([19, 919, 2000, 33_800].map((it) => duration(it)), ["19 ms", "0.9 s", "2 s", "33.8 s"]);
 * assertEquals(duration(2010, true), "2,010 ms");
 * ```
 */
export function duration(ms: number, exactly = false): string {
  if (ms < 100 || exactly) {
    // Numbers of a language take 20 ms to be loaded, and most need nothing of it.
    const plain = Number.isInteger(ms) && ms >= 0 && ms < 1000;
    return `${plain ? ms : ms.toLocaleString("en-US")} ms`;
  }
  return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")} s`;
}

/** Whether a time would read like the promise that it is longer than. */
export function readsAlike(times: readonly { readonly ms: number }[], sloMs: number): boolean {
  return times.some(({ ms }) => ms !== sloMs && duration(ms) === duration(sloMs));
}

/** Faults of a prediction after which clients would wait longer than the promise. */
export function missed({ faults, sloMs }: Prediction): Prediction["faults"] {
  return sloMs === undefined ? [] : faults.filter(({ ms, promised }) => promised && ms > sloMs);
}

/** `failover: 0.9 s when the holder is lost, …; within the slo of 2 s`. */
export function predictionText(prediction: Prediction): string {
  const { faults, sloMs, sloWritten } = prediction;
  const over = missed(prediction);
  const names = Object.keys(PHRASES);
  const shown = faults.filter((it) => {
    const rank = names.indexOf(it.fault);
    return (rank >= 0 && rank < ALWAYS) || over.includes(it);
  }).toSorted((a, b) => names.indexOf(a.fault) - names.indexOf(b.fault));
  const exactly = sloMs !== undefined && readsAlike(over, sloMs);
  const times = shown.map(({ fault, ms }) => `${duration(ms, exactly)} ${faultPhrase(fault)}`);
  const text = `failover: ${times.join(", ")}`;
  if (sloMs === undefined) return text;
  const slo = `the ${sloWritten ? "" : "default "}slo of ${duration(sloMs, exactly)}`;
  const worst = Math.max(0, ...over.map(({ ms }) => ms));
  const word = over.length === 0 ? `within ${slo}` : `${duration(worst, exactly)} is over ${slo}`;
  return `${text}; ${word}`;
}
