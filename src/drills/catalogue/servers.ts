/**
 * What the drills that break API servers share. Pure.
 * @module
 */
import type { Break, Scene } from "../model.ts";
import { type HostFault, onHost } from "./scene.ts";

/** How much longer than computed an API server may take to go, in milliseconds: checks take time. */
export const REMOVAL_SLACK_MS = 1000;

/** How much longer than computed the first answer may take, in milliseconds. */
export const RECOVERY_SLACK_MS = 2000;

/** The same fault on every load balancer. */
export function onMembers({ endpoint }: Scene, fault: HostFault): Break[] {
  return endpoint.members.map(({ host }) => onHost(host.name, fault));
}
