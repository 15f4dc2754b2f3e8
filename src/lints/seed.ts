/**
 * The faults that belong to the seed document: profile `guide` renders what it says, so there they
 * are warnings.
 * @module
 */

/** Codes of lints that are warnings for profile `guide`, whatever they are elsewhere. */
export const SEED_FAULTS: ReadonlySet<string> = new Set([
  "address-prefix-match",
  "check-path",
  "check-while-holding",
  "common-router-id",
  "curl-without-fail",
  "early-start",
  "few-retries",
  "http-option-in-tcp-mode",
  "insecure-check",
  "keepalived-not-restarted",
  "no-hard-stop",
  "overridden-check",
  "runs-as-root",
  "script-over-limit",
  "script-security",
  "shared-name",
  "short-idle-timeout",
  "slow-adverts",
  "slow-detection",
  "weight-below-spread",
]);
