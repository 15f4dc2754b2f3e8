/**
 * How long VRRP takes to have another holder. Arithmetic only, in whatever unit adverts are given.
 * @module
 */

/** The waits of an election. */
export interface Election {
  /** The holder said goodbye: the next one waits for its skew only. */
  readonly skew: number;
  /** The holder says nothing, or too little: three adverts and the skew. */
  readonly silence: number;
}

/**
 * The waits of the member that will be the next holder.
 *
 * @param advert time between two adverts
 * @param priority of that member, 1 to 254: the higher, the sooner
 *
 * @example
 * ```ts
 * import { election } from "./election.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(election(1000, 192), { skew: 250, silence: 3250 });
 * ```
 */
export function election(advert: number, priority: number): Election {
  const skew = (256 - priority) / 256 * advert;
  return { skew, silence: 3 * advert + skew };
}
