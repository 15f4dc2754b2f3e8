/**
 * The faults that belong to the seed document: profile `guide` renders what it says, so there they
 * are warnings.
 * @module
 */

/** Codes of lints that are warnings for profile `guide`, whatever they are elsewhere. */
export const SEED_FAULTS: ReadonlySet<string> = new Set([
  "overridden-check",
]);
