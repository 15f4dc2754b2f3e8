/**
 * What happens during a drill, and what it measured. Types only. Every `at` and every length here is
 * in milliseconds on the run's own monotonic clock, 0 being the first request of the drill.
 * @module
 */

/** How a drill ended. */
export type DrillVerdict =
  /** What was promised held. */
  | "pass"
  /** It did not. */
  | "fail"
  /** What was measured cannot be trusted, so nothing is said about the service. */
  | "unknown"
  /** This inventory or this endpoint has no way to run it. */
  | "skipped";

/** Steps of a drill, in order. */
export type DrillPhase =
  | "preflight"
  | "watch"
  | "arm"
  | "prepare"
  | "fault"
  | "heal"
  | "settle"
  | "disarm";

/** From one moment to another. */
export interface Span {
  /** First moment. */
  readonly from: number;
  /** Last moment. */
  readonly to: number;
}

/** Every fresh connection that the prober made, as columns of the same length. */
export interface RequestColumns {
  /** What `kind` counts in: `ok` first, then `refused`, `reset`, `timeout`, `http 500` and such. */
  readonly kinds: readonly string[];
  /** When each was sent. */
  readonly at: readonly number[];
  /** How long each took to its answer, or to its failure. */
  readonly ms: readonly number[];
  /** How each ended: a place in `kinds`. */
  readonly kind: readonly number[];
}

/** One host that held the address for a while. */
export interface HolderSpan extends Span {
  /** Who held it. */
  readonly host: string;
  /** By how much the two moments may be off: the clocks of two machines never agree. */
  readonly uncertaintyMs: number;
}

/** Something that was done, or seen, at one moment. */
export interface Mark {
  /** When. */
  readonly at: number;
  /** What kind. */
  readonly kind: "prepare" | "fault" | "heal" | "steady";
  /** Where; unset: not on one host. */
  readonly host?: string;
  /** What, for people: `stop keepalived`. */
  readonly text: string;
}

/** How one connection that stays open fared; a new one is opened when it has ended. */
export interface WatchSpan extends Span {
  /** How it ended: `open` when it did not, else `closed`, `reset`, `silent`. */
  readonly end: string;
  /** How long nothing came on it before its client knew. */
  readonly silentMs: number;
}

/** How many API servers a load balancer saw from this moment on. */
export interface BackendCount {
  /** When. */
  readonly at: number;
  /** Which load balancer. */
  readonly host: string;
  /** How many of them it could use. */
  readonly up: number;
}

/** Everything that was seen during a drill: enough to draw it, and to judge it again. */
export interface Timeline {
  /** Moment 0 of this timeline, epoch milliseconds. */
  readonly startedAt: number;
  /** Length. */
  readonly ms: number;
  /** Time between two requests that was asked for. */
  readonly intervalMs: number;
  /** Requests. */
  readonly requests: RequestColumns;
  /** Prober's own stalls: what was not sent then says nothing about the service. */
  readonly stalls: readonly Span[];
  /** Who held the address. */
  readonly holders: readonly HolderSpan[];
  /** Times in which a host could not be seen: it was off, or its sampler did not run. */
  readonly dark: readonly (Span & { readonly host: string })[];
  /** Connections that stayed open. */
  readonly watch: readonly WatchSpan[];
  /** API servers in use, changes only. */
  readonly backends: readonly BackendCount[];
  /** What was done. */
  readonly marks: readonly Mark[];
}

/** Figures of a drill. A figure that could not be had is unset, never 0. */
export interface DrillFigures {
  /** Longest time without an answer, from the fault to the heal: last success before it to first after. */
  readonly outageMs?: number;
  /** The same, from the heal on: what the return to normal cost. */
  readonly returnMs?: number;
  /** From the heal to the first answer; only where nothing could answer before it. */
  readonly recoveryMs?: number;
  /** From the first failed request after the fault to the last, answers in between or not. */
  readonly degradedMs?: number;
  /**
   * Longest that a single request waited for its answer or failure, from the fault on: later ones
   * may be answered long before it.
   */
  readonly slowestMs?: number;
  /** Requests sent. */
  readonly requests: number;
  /** Those that failed. */
  readonly failures: number;
  /** Failures by kind. */
  readonly failureKinds: Readonly<Record<string, number>>;
  /** Most hosts that held the address at the same time. */
  readonly maxHolders?: number;
  /** How long more than one host held it. */
  readonly twoHoldersMs?: number;
  /** How long no host held it. */
  readonly noHolderMs?: number;
  /** How often it moved. */
  readonly moves?: number;
  /** How the long-lived connection fared: `survived`, or `reset after 120 ms`. */
  readonly watch?: string;
  /** Time in which the prober itself stood still. */
  readonly stalledMs: number;
  /** By how much moments of different hosts may be off. */
  readonly clockMs?: number;
}

/** How one more address of an endpoint fared in a drill. */
export interface AddressFared {
  /** Which one. */
  readonly address: string;
  /** What is said of it alone. */
  readonly verdict: Exclude<DrillVerdict, "skipped">;
  /** Its figures; unset: it was not asked to the end. */
  readonly figures?: DrillFigures;
  /** What was seen of it, with the same moment 0; unset as the figures. */
  readonly timeline?: Timeline;
}

/** What happens during a drill. Names are frozen once released. */
export type DrillEvent =
  | {
    /** One thing is about to be broken. */
    readonly type: "drill-start";
    readonly at: number;
    readonly endpoint: string;
    readonly drill: string;
    readonly title: string;
    /** Which of how many rounds, from 1. */
    readonly round: number;
    readonly rounds: number;
    /** Who is broken. */
    readonly targets: readonly string[];
  }
  | {
    /** The next step of a drill begins. */
    readonly type: "drill-phase";
    readonly at: number;
    readonly endpoint: string;
    readonly drill: string;
    readonly phase: DrillPhase;
    readonly message: string;
  }
  | {
    /** A drill has ended. */
    readonly type: "drill-end";
    readonly at: number;
    readonly endpoint: string;
    readonly drill: string;
    readonly title: string;
    readonly round: number;
    readonly rounds: number;
    readonly targets: readonly string[];
    readonly verdict: DrillVerdict;
    /** Why, a sentence each; of a drill that passed what is worth knowing. */
    readonly reasons: readonly string[];
    /** What was computed from the configuration, in milliseconds. */
    readonly predictedMs?: number;
    /** Most that is allowed, in milliseconds. */
    readonly limitMs?: number;
    /** Which figure is held against the limit. */
    readonly judged?: "outageMs" | "returnMs" | "recoveryMs" | "degradedMs";
    /** Longest outage, 0 when there was none; the same as in `figures`. */
    readonly outageMs?: number;
    readonly requests: number;
    readonly failures: number;
    readonly maxHolders?: number;
    /**
     * Of which address all figures, counts and the timeline are: the one that fared worst. Unset:
     * the endpoint has only one.
     */
    readonly address?: string;
    readonly figures?: DrillFigures;
    readonly timeline?: Timeline;
    /** The other addresses, in the order of the inventory; unset: there are none. */
    readonly others?: readonly AddressFared[];
    readonly ms: number;
  };
