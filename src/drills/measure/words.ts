/**
 * Figures and findings as people read them. Pure.
 * @module
 */

/** Whole milliseconds: `1,240`. */
export function figure(ms: number): string {
  return Math.round(ms).toLocaleString("en-US");
}

/** What one look at the evidence found, a sentence each. */
export interface Finding {
  /** It is not as it must be. */
  readonly wrong?: string;
  /** It cannot be told whether it is. */
  readonly unsure?: string;
  /** It is, and worth knowing. */
  readonly fine?: string;
}
