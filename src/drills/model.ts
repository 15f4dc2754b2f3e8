/**
 * The nouns of a drill: what is broken, what is expected, and what the engine may touch. Types only.
 * @module
 */
import type { DrillFigures, Timeline } from "../drill_events.ts";
import type { Event } from "../events.ts";
import type { Endpoint, GroupCheck, Host, Session } from "../model.ts";

// ---- descriptions ---------------------------------------------------------------------------

/** How things stand before a drill: all of it was seen, a moment ago. */
export interface Scene {
  /** The endpoint. */
  readonly endpoint: Endpoint;
  /** The member that holds the address. */
  readonly holder: string;
  /** The other members, the one that is expected to take over first. */
  readonly standbys: readonly string[];
  /** The member with the highest priority: where the address is when all is well. */
  readonly preferred: string;
  /** Interface that carries the address, by host. */
  readonly interfaces: ReadonlyMap<string, string>;
  /** The inventory names a command that switches the power of hosts. */
  readonly power: boolean;
  /** The inventory names a command that breaks API servers. */
  readonly api: boolean;
}

/** One thing that is broken, and how it is undone. */
export type Break =
  | {
    /** Something on a load balancer. */
    readonly kind: "host";
    /** Which one. */
    readonly host: string;
    /** What is done, for people: `stop keepalived`. */
    readonly what: string;
    /** POSIX shell text, run as root. Returns at once; the link may die of it. */
    readonly script: string;
    /**
     * POSIX shell text that makes it whole again, run as root on the host itself: by the controller,
     * when the controller is gone, at the deadline, or at boot. May run twice, in any state, and
     * with nothing of the fault done. Ends with 0 when it is whole.
     */
    readonly undo: string;
    /** The host goes down and comes up again by itself. @default {false} */
    readonly reboots?: boolean;
    /**
     * The controller's way to the host may go with it: the host undoes it by itself soon after the
     * hold is over, because nobody may be able to ask it to. @default {false}
     */
    readonly cutsLink?: boolean;
  }
  /** The power of a load balancer is cut; undone by giving it back. */
  | { readonly kind: "power"; readonly host: string; readonly what: string }
  /** An API server is broken by the command of the inventory; undone by `start` or `200`. */
  | {
    readonly kind: "api";
    readonly server: string;
    readonly how: "stop" | "500";
    readonly what: string;
  }
  /** `apply` itself changes the endpoint to this; undone by applying what it was. */
  | {
    readonly kind: "apply";
    readonly what: string;
    readonly endpoint: Endpoint;
    /** What every member undoes by itself when the controller is gone, by host. */
    readonly undo: ReadonlyMap<string, string>;
  };

/** What must be seen. */
export interface Expectation {
  /** Where the address is while the fault stands. @default {"any"} */
  readonly address?: "moves" | "stays" | "any";
  /**
   * Most that two hosts may hold the address, in milliseconds; `faulted`: as long as the fault
   * stands, and `twoHoldersAfterMs` longer.
   */
  readonly twoHoldersMs: number | "faulted";
  /** How long two holders may last after the heal, where the fault makes two. @default {2000} */
  readonly twoHoldersAfterMs?: number;
  /** Two holders must be seen: a split that nobody sees is no measurement. @default {false} */
  readonly splits?: boolean;
  /** Which figure is held against the limit. @default {"outageMs"} */
  readonly judged?: "outageMs" | "returnMs" | "recoveryMs" | "degradedMs";
  /** Most that the judged figure may be, in milliseconds. @default the promise of the inventory */
  readonly limitMs?: number;
  /** Most requests that may fail. @default {no limit but that of time} */
  readonly failures?: number;
}

/** What a drill does on a scene. */
export interface DrillPlan {
  /** Who is broken: hosts or API servers. */
  readonly targets: readonly string[];
  /** What is broken before the measurement, so that the fault finds what it needs. @default {[]} */
  readonly prepare?: readonly Break[];
  /** What is broken, at the same moment; nothing: the heal of what was prepared is measured. */
  readonly breaks: readonly Break[];
  /** How long the fault stands before it is undone, in milliseconds. */
  readonly holdMs: number;
  /** Computed from the configuration, in milliseconds: the longest wait that can come. */
  readonly predictedMs?: number;
  /** What must be seen. */
  readonly expect: Expectation;
}

/** One thing to break. A description: nothing in it runs. */
export interface Drill {
  /** Name on the command line, kebab-case: `keepalived-stopped`. */
  readonly name: string;
  /** What is broken, on one line. */
  readonly title: string;
  /** What it stands for in the world, and what must happen: a sentence or two. */
  readonly about: string;
  /** Suite that has it; `full` has all of them. */
  readonly suite: "quick" | "full";
  /** Why it cannot be run on a scene; nothing when it can. */
  unfit?(scene: Scene): string | undefined;
  /** What it does on a scene. Pure. */
  plan(scene: Scene): DrillPlan;
}

// ---- what is measured -----------------------------------------------------------------------

/** What was seen of the clock of a host in one exchange. */
export interface ClockReading {
  /** Controller's monotonic milliseconds when the question left. */
  readonly sentAt: number;
  /** The same when the answer had come. */
  readonly receivedAt: number;
  /** Host's wall clock, epoch milliseconds with fractions. */
  readonly hostMs: number;
  /** Host's time since boot in milliseconds, by which a set wall clock is noticed. */
  readonly uptimeMs: number;
}

/** Everything that a sampler wrote on one host, and how its clock stood. */
export interface HostRecord {
  /** Name of the host. */
  readonly host: string;
  /** The spool, whole; several boots one after the other. */
  readonly spool: string;
  /** Exchanges before, during and after. */
  readonly clock: readonly ClockReading[];
  /** Times in which it was off, by the controller's monotonic milliseconds. */
  readonly off: readonly { readonly from: number; readonly to: number }[];
}

/** One fresh connection. Moments are the controller's monotonic milliseconds. */
export interface RequestSample {
  /** When it was sent. */
  readonly at: number;
  /** How long it took to its answer, or to its failure. */
  readonly ms: number;
  /** `ok`, or how it failed: `refused`, `reset`, `closed`, `timeout`, `tls`, `http 500`. */
  readonly kind: string;
}

/** All that a prober brings back. Moments are the controller's monotonic milliseconds. */
export interface ProbeRecord {
  /** Every request, by when it was sent. */
  readonly requests: readonly RequestSample[];
  /** Times in which the prober itself stood still, or its own way to the network did. */
  readonly stalls: readonly { readonly from: number; readonly to: number }[];
  /** Connections that stayed open. */
  readonly watch: readonly {
    readonly from: number;
    readonly to: number;
    readonly end: string;
    readonly silentMs: number;
  }[];
}

/** How to ask the endpoint. */
export interface ProbeTarget {
  /** The address. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
  /** What is asked for. */
  readonly path: string;
  /** It answers who shows a certificate, which we do not: 401 and 403 are answers, too. */
  readonly guarded?: boolean;
  /** PEM of the CA that answers are verified with; unset: not verified. */
  readonly ca?: string;
  /** Time between two requests, in milliseconds. */
  readonly intervalMs: number;
  /** Deadline of each request, in milliseconds. */
  readonly timeoutMs: number;
  /** Ask from this host, over ssh. @default {the controller} */
  readonly from?: Host;
}

/** A prober at work. */
export interface Prober {
  /** Requests so far, and how many failed: for people who wait. */
  counts(): { readonly requests: number; readonly failures: number };
  /** Ends it, and gives everything. @throws {Error} when it died on the way */
  stop(): Promise<ProbeRecord>;
}

/** What is known when a drill is judged. */
export interface Evidence {
  /** What was seen. */
  readonly timeline: Timeline;
  /** What it comes to. */
  readonly figures: DrillFigures;
  /** What cannot be trusted in it, a sentence each; anything here makes the verdict `unknown`. */
  readonly doubts: readonly string[];
}

// ---- what the engine may touch --------------------------------------------------------------

/** The world as a drill may touch it, passed in from the rim. */
export interface DrillEffects {
  /** Opens a session. */
  connect(host: Host): Promise<Session>;
  /** Starts asking the endpoint. @throws {Error} when that is not possible at all */
  probe(target: ProbeTarget): Promise<Prober>;
  /** Switches the power of a host with the inventory's command. @throws {Error} when it fails */
  power(host: string, act: "off" | "on"): Promise<void>;
  /** Switches an API server with the inventory's command. @throws {Error} when it fails */
  api(server: string, act: "stop" | "start" | "500" | "200"): Promise<void>;
  /**
   * Arms what this machine has to undo when the controller dies: runs the inventory's commands from
   * a process of its own. Gives the function that disarms it.
   */
  guard(undo: readonly GuardStep[]): Promise<() => Promise<void>>;
  /** Applies the play to the endpoint as it is given. @throws {Error} when it fails, with why */
  apply(endpoint: Endpoint): Promise<void>;
  /** The condition that says whether all is well. */
  check(endpoint: Endpoint): GroupCheck;
  /** Reports what happens. */
  emit(event: Event): void;
  /** Epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds, the clock of all samples. */
  clock(): number;
  /** Waits. An interrupt ends it early; a wait that begins after one is whole: healing takes time. */
  sleep(ms: number): Promise<void>;
  /** A word that no host can guess. */
  nonce(): string;
  /** Becomes aborted when a person wants it to end: what is broken is healed at once. */
  readonly signal: AbortSignal;
}

/** Something that only a command of the inventory can undo. */
export type GuardStep =
  | { readonly kind: "power"; readonly host: string }
  | { readonly kind: "api"; readonly server: string; readonly act: "start" | "200" };
