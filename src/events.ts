/**
 * What happens during a run. Every report is a reading of these; their names are frozen once
 * released. Types only.
 * @module
 */
import type { DrillEvent } from "./drill_events.ts";
import type { Diagnostic, Source } from "./model.ts";

export type * from "./drill_events.ts";

/** Dry, real, judging only, breaking things on purpose, or reading what is written. */
export type Mode = "check" | "apply" | "verify" | "drill" | "lint";

/** How a task ended on a host. */
export type Status = "ok" | "changed" | "failed" | "skipped" | "unreachable";

/** A change as reports see it: text for people, secrets masked. */
export interface ChangeReport {
  /** Kind of change. */
  readonly kind: "run" | "write" | "remove";
  /** What it acts on: paths, units, packages, users, kernel settings. */
  readonly targets: readonly string[];
  /** What it does or would do. */
  readonly summary: string;
  /** What cannot be known before an earlier change is made, one sentence each. */
  readonly unknown?: readonly string[];
  /** Unified diff of each file. */
  readonly diff?: string;
}

/** Counts of one host, as in the recap. */
export type Recap = Readonly<Record<Status, number>>;

/** Everything that happens during a run. Names are frozen once released. */
export type Event =
  | DrillEvent
  | { readonly type: "version"; readonly format: 1; readonly holdfast: string }
  | {
    readonly type: "run-start";
    readonly at: number;
    readonly mode: Mode;
    /** What was asked for, where it is more than the mode: `rollback`. */
    readonly what?: string;
    readonly play: string;
    readonly inventory: string;
    readonly hosts: readonly string[];
    /** Where each host is written in the inventory. */
    readonly places: Readonly<Record<string, Source>>;
    /** Names of the endpoints that begin together, batch by batch. Unset: nothing to say of them. */
    readonly batches?: readonly (readonly string[])[];
    /** No further endpoint is begun once so many hosts are lost. Unset: however many are. */
    readonly stopsAfter?: number;
    /** Of a fleet that is shared out over several runs: which part this one is. */
    readonly shard?: {
      /** Which one, from 1. */
      readonly index: number;
      /** How many parts there are. */
      readonly count: number;
      /** Names of its endpoints; there may be none. */
      readonly endpoints: readonly string[];
      /** How many endpoints all parts have together. */
      readonly of: number;
    };
  }
  | {
    /** How long clients would be without an answer, computed from the settings of an endpoint. */
    readonly type: "prediction";
    readonly at: number;
    readonly endpoint: string;
    /** Longest tolerated failover; unset: nobody has said. */
    readonly sloMs?: number;
    /** Whether somebody wrote that; else it is the default. */
    readonly sloWritten: boolean;
    /** Longest wait after each fault; 0: somebody answers all the time. */
    readonly faults: readonly {
      readonly fault: string;
      readonly ms: number;
      /** Whether the tolerated failover is about it. */
      readonly promised: boolean;
      /** Of files by hand: what the time is made of. */
      readonly because?: string;
    }[];
    /** Of files by hand: faults whose times they do not tell, and why. */
    readonly unpredicted?: readonly { readonly fault: string; readonly because: string }[];
  }
  | {
    /** A host begins with something that takes time: connecting, a change, a handler. */
    readonly type: "task-start";
    readonly at: number;
    readonly host: string;
    readonly endpoint: string;
    readonly kind: string;
    readonly task: string;
  }
  | {
    readonly type: "task-end";
    readonly at: number;
    readonly host: string;
    readonly endpoint: string;
    readonly kind: string;
    readonly task: string;
    readonly status: Status;
    readonly changes: readonly ChangeReport[];
    readonly ms: number;
    readonly error?: string;
  }
  | {
    /** Nothing more is done on a host. */
    readonly type: "host-end";
    readonly at: number;
    readonly host: string;
    readonly endpoint: string;
  }
  | {
    readonly type: "check-end";
    readonly at: number;
    readonly endpoint: string;
    readonly check: string;
    readonly status: "ok" | "failed" | "skipped";
    readonly message: string;
    readonly ms: number;
  }
  | { readonly type: "diagnostic"; readonly at: number; readonly diagnostic: Diagnostic }
  | {
    readonly type: "run-end";
    readonly at: number;
    readonly exitCode: number;
    readonly hosts: Readonly<Record<string, Recap & { readonly roundTrips: number }>>;
    readonly ms: number;
  };

/** The event of one type. */
export type EventOf<Type extends Event["type"]> = Extract<Event, { type: Type }>;
