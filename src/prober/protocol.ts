/**
 * What the two threads of a prober say to each other. Types only.
 * @module
 */
import type { ProbeTarget } from "../drills/model.ts";
import type { Span } from "./loop.ts";
import type { Watched } from "./watch.ts";

/** To the worker. */
export type Order =
  /** The first; `counts` is shared: requests, failures. */
  | { readonly type: "start"; readonly target: ProbeTarget; readonly counts: Int32Array }
  /** What does your clock say? */
  | { readonly type: "time" }
  /** Send nothing more, wait for what is under way, and give everything. */
  | { readonly type: "stop" };

/** From the worker. All moments are of its own clock. */
export type Report =
  | { readonly type: "ready" }
  /** It cannot start; the message says why, in a whole sentence. */
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "time"; readonly now: number }
  | { readonly type: "done"; readonly record: WorkerRecord };

/** Everything that was seen; requests as columns, by when they were sent. */
export interface WorkerRecord {
  /** When each was sent. */
  readonly at: Float64Array;
  /** How long each took. */
  readonly ms: Float64Array;
  /** How each ended. */
  readonly kind: readonly string[];
  /** Times in which the worker, or its way, stood still. */
  readonly stalls: readonly Span[];
  /** Connections that stayed open. */
  readonly watch: readonly Watched[];
}
