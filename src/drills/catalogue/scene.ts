/**
 * What the drills of the catalogue share: who can be broken on a scene, how long it must last, and
 * what is allowed meanwhile. Pure.
 * @module
 */
import { advertMs } from "../../endpoint/derive.ts";
import { type Fault, predictedFailoverMs } from "../../endpoint/predict.ts";
import type { Break, DrillPlan, Expectation, Scene } from "../model.ts";

/** Shortest time that a fault stands: enough to see that what has moved stays there. */
const LEAST_HOLD_MS = 6000;

/** How long a fault must stand so that a wait of this length, in milliseconds, has surely ended. */
export function holdFor(predictedMs: number): number {
  return Math.max(LEAST_HOLD_MS, Math.ceil(predictedMs * 1.5 + 3000));
}

/** Longest wait after a fault of this kind, in milliseconds. */
export function predicted(scene: Scene, fault: Fault): number {
  return predictedFailoverMs(scene.endpoint)[fault];
}

/**
 * How long two members may hold the address when it moves, in milliseconds: the new holder takes it
 * and then says so, the old one lets go when it hears that, and has three adverts to hear it.
 */
export function overlapMs({ endpoint }: Scene): number {
  return Math.max(500, 3 * advertMs(endpoint).value);
}

/**
 * What must be seen of a fault that makes two holders: it is seen, and it ends with the fault. The
 * members may need as long as an election to hear each other again.
 */
export function splitExpected(scene: Scene): Expectation {
  return {
    address: "any",
    twoHoldersMs: "faulted",
    twoHoldersAfterMs: Math.max(2000, overlapMs(scene)),
    splits: true,
  };
}

/** Whether the endpoint is as the seed document has it, with the faults that belong to it. */
export function isGuide({ endpoint }: Scene): boolean {
  return endpoint.profile === "guide";
}

/** Says why a drill that needs somebody to take over cannot run. */
export function needsStandby({ standbys, holder }: Scene): string | undefined {
  return standbys.length > 0
    ? undefined
    : `needs a second load balancer to take over: "${holder}" is the only one`;
}

/** Says why a drill that breaks one API server of several cannot run. */
export function needsServers({ endpoint: { backends } }: Scene): string | undefined {
  return backends.length > 1
    ? undefined
    : `needs a second API server to answer: ${
      backends.map(({ name }) => `"${name}"`)
    } is the only one`;
}

/** Says why a drill that switches the power of hosts cannot run. */
export function needsPower({ power }: Scene): string | undefined {
  return power
    ? undefined
    : "needs a command that switches the power of hosts: set endpoint.drill.power_command";
}

/** Says why a drill that breaks API servers from outside cannot run. */
export function needsApi({ api }: Scene): string | undefined {
  return api
    ? undefined
    : "needs a command that breaks API servers: set endpoint.drill.api_command";
}

/** Interface of a host that carries the address. @throws {RangeError} when the scene has none */
export function interfaceOf(scene: Scene, host: string): string {
  const found = scene.interfaces.get(host);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot plan a drill on "${host}": its network interface is not known`);
}

/** What is done to a host and how it is undone, as shell text. */
export interface HostFault {
  /** What is done, for people. */
  readonly what: string;
  /** Does it. */
  readonly script: string;
  /** Undoes it. */
  readonly undo: string;
}

/** A fault on one load balancer. */
export function onHost(host: string, fault: HostFault): Break {
  return { kind: "host", host, ...fault };
}

/** The plan of a fault of the holder, which must let go of the address. */
export function holderPlan(
  scene: Scene,
  { wait, fault, expect = {} }: {
    readonly wait: Fault;
    readonly fault: HostFault | Break;
    readonly expect?: Partial<Expectation>;
  },
): DrillPlan {
  const predictedMs = predicted(scene, wait);
  return {
    targets: [scene.holder],
    breaks: ["kind" in fault ? fault : onHost(scene.holder, fault)],
    holdMs: holdFor(predictedMs),
    predictedMs,
    expect: { address: "moves", twoHoldersMs: overlapMs(scene), ...expect },
  };
}
