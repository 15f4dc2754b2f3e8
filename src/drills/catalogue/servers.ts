/**
 * What the drills that break API servers share. Pure.
 * @module
 */
import { predictedServerMs } from "../../endpoint/predict.ts";
import type { Break, DrillPlan, Scene } from "../model.ts";
import { holdFor, type HostFault, onHost, overlapMs } from "./scene.ts";

/** How much longer than computed an API server may take to go, in milliseconds: checks take time. */
const REMOVAL_SLACK_MS = 1000;

/** How much longer than computed the first answer may take, in milliseconds. */
export const RECOVERY_SLACK_MS = 2000;

/** The same fault on every load balancer. */
export function onMembers({ endpoint }: Scene, fault: HostFault): Break[] {
  return endpoint.members.map(({ host }) => onHost(host.name, fault));
}

/** How long one API server is broken, and what is expected: HAProxy takes it out, and nothing moves. */
export function removal(scene: Scene): Pick<DrillPlan, "holdMs" | "predictedMs" | "expect"> {
  const predictedMs = predictedServerMs(scene.endpoint).removed;
  return {
    holdMs: holdFor(predictedMs),
    predictedMs,
    expect: {
      address: "stays",
      twoHoldersMs: overlapMs(scene),
      judged: "degradedMs",
      limitMs: predictedMs + REMOVAL_SLACK_MS,
    },
  };
}
