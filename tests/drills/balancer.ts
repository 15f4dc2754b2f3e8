/** One load balancer of a cluster that exists only in the tests, and what can be done to it. */
import type { HealedBy } from "../../src/drills/remote/arm.ts";

/** What a fault does to a host, said as its script. */
export const FAULTS = {
  /** It gives the address away. */
  stop: "break: stop",
  /** And takes the way to it along. */
  cut: "break: cut",
  /** Nothing happens, and it fails. */
  fail: "break: fail",
} as const;

/** What makes it whole, said as a script. */
export const UNDO = "undo: all";

/** One load balancer. */
export interface Balancer {
  broken: boolean;
  cut: boolean;
  armed: { nonce: string; until: number } | undefined;
  healedBy: HealedBy | undefined;
  sampledAt: number | undefined;
  drift: string;
  locked: boolean;
  undoFails: boolean;
  armFails: boolean;
}
