/**
 * One drill under way: what all of its phases share.
 * @module
 */
import type { DrillPhase, Mark } from "../drill_events.ts";
import type { Endpoint } from "../model.ts";
import type { Fleet } from "./fleet.ts";
import type { LockWish } from "./locks.ts";
import type { ClockReading, Drill, DrillEffects, DrillPlan, Prober, Scene } from "./model.ts";

/** A drill on an endpoint, before anything was seen. */
export interface Occasion {
  /** Where. */
  readonly endpoint: Endpoint;
  /** What. */
  readonly drill: Drill;
  /** Sessions on every member. */
  readonly fleet: Fleet;
  /** The world. */
  readonly effects: DrillEffects;
  /** What is said to others who want to work on the hosts. */
  readonly lock: LockWish;
}

/** How an armed host stands. */
export interface Armed {
  /** By when it heals itself, on the controller's clock. */
  readonly until: number;
  /** The undo was seen to have ended well. */
  healed: boolean;
}

/** A drill under way. */
export interface Trial extends Occasion {
  /** How things stood before. */
  readonly scene: Scene;
  /** What is done. */
  readonly plan: DrillPlan;
  /** Everything that a drill may touch on a host, as it was, by host. */
  readonly before: ReadonlyMap<string, string>;
  /** Tells this drill's traces on the hosts from any other's. */
  readonly nonce: string;
  /** Hosts whose undo is armed. */
  readonly armed: Map<string, Armed>;
  /** Hosts that have a sampler. */
  readonly sampled: Set<string>;
  /** Exchanges about the clock of each host. */
  readonly clocks: Map<string, ClockReading[]>;
  /** When a host was off, by host; the end is known later. */
  readonly off: Map<string, { from: number; to?: number }>;
  /** What was done, on the controller's clock. */
  readonly marks: Mark[];
  /** What is wrong with the service or a host beyond doubt, a sentence each. */
  readonly failures: string[];
  /** Why the drill itself did not come about, a sentence each: nothing is said about the service. */
  readonly problems: string[];
  /** What is worth knowing, a sentence each. */
  readonly notes: string[];
  /** What only this machine can undo is watched by a process of its own: this ends it. */
  disarmGuard: (() => Promise<void>) | undefined;
  /** Ask the endpoint, by address. */
  readonly probers: Map<string, Prober>;
  /** The first fault was begun: from here on there is something to heal. */
  struck: boolean;
}

/** Something in a drill that cannot be done; the message is a whole sentence. */
export class TrialError extends Error {
  /** Says why. */
  constructor(message: string) {
    super(message);
    this.name = "TrialError";
  }
}

/** Begins a drill whose hosts were seen to be well. */
export function beginTrial(
  occasion: Occasion,
  scene: Scene,
  before: ReadonlyMap<string, string>,
): Trial {
  return {
    ...occasion,
    scene,
    plan: occasion.drill.plan(scene),
    before,
    nonce: occasion.effects.nonce(),
    armed: new Map(),
    sampled: new Set(),
    clocks: new Map(),
    off: new Map(),
    marks: [],
    failures: [],
    problems: [],
    notes: [],
    disarmGuard: undefined,
    probers: new Map(),
    struck: false,
  };
}

/** Says that the next step of a drill begins. */
export function say({ effects, endpoint, drill }: Occasion, phase: DrillPhase, message: string) {
  effects.emit({
    type: "drill-phase",
    at: effects.now(),
    endpoint: endpoint.name,
    drill: drill.name,
    phase,
    message,
  });
}

/** `lb1 and lb2`, `lb1, lb2 and lb3`. */
export function listed(names: readonly string[]): string {
  const [last = "", ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(", ")} and ${last}`;
}
