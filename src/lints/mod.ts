/**
 * Every lint, in the order of the documents.
 * @module
 */
import { overriddenCheck } from "./haproxy/overridden_check.ts";
import { weightBelowGap } from "./keepalived/weight_below_gap.ts";
import type { Lint } from "./model.ts";

/** Traps of haproxy.cfg. */
export const HAPROXY_LINTS: readonly Lint[] = [
  overriddenCheck,
];

/** Traps of keepalived.conf. */
export const KEEPALIVED_LINTS: readonly Lint[] = [
  weightBelowGap,
];

/** Traps of check scripts and units. */
export const SCRIPT_LINTS: readonly Lint[] = [];

/** All of them. */
export const LINTS: readonly Lint[] = [...HAPROXY_LINTS, ...KEEPALIVED_LINTS, ...SCRIPT_LINTS];
