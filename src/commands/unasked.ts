/**
 * What is taken for true of hosts that are not asked: `render` writes their files and `lint` reads
 * them, offline.
 * @module
 */
import type { World } from "../model.ts";
import { NOTHING } from "../runner/plan.ts";

/** Interface that is assumed where the inventory says `auto`. */
export const DEFAULT_INTERFACE = "eth0";

/** What a plan for a host knows when nobody was asked: nothing. */
export function unaskedWorld(host: string): World {
  return { host, facts: new Map(), predicted: NOTHING };
}
