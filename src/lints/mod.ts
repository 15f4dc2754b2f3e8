/**
 * Every lint, in the order of the documents.
 * @module
 */
import { checkPath } from "./haproxy/check_path.ts";
import { fewRetries } from "./haproxy/few_retries.ts";
import { httpOptionInTcpMode } from "./haproxy/http_option_in_tcp_mode.ts";
import { noHardStop } from "./haproxy/no_hard_stop.ts";
import { overriddenCheck } from "./haproxy/overridden_check.ts";
import { runsAsRoot } from "./haproxy/runs_as_root.ts";
import { shortIdleTimeout } from "./haproxy/short_idle_timeout.ts";
import { weightBelowGap } from "./keepalived/weight_below_gap.ts";
import { addressPrefixMatch } from "./scripts/address_prefix_match.ts";
import { carriageReturn } from "./scripts/carriage_return.ts";
import { checkWhileHolding } from "./scripts/check_while_holding.ts";
import { curlWithoutFail } from "./scripts/curl_without_fail.ts";
import { curlWithoutLimit } from "./scripts/curl_without_limit.ts";
import { noInterpreter } from "./scripts/no_interpreter.ts";
import { scriptOverLimit } from "./scripts/script_over_limit.ts";
import { unverifiedCheck } from "./scripts/unverified_check.ts";
import type { Lint } from "./model.ts";

/** Traps of haproxy.cfg. */
export const HAPROXY_LINTS: readonly Lint[] = [
  checkPath,
  fewRetries,
  httpOptionInTcpMode,
  noHardStop,
  overriddenCheck,
  runsAsRoot,
  shortIdleTimeout,
];

/** Traps of keepalived.conf. */
export const KEEPALIVED_LINTS: readonly Lint[] = [
  weightBelowGap,
];

/** Traps of check scripts and units. */
export const SCRIPT_LINTS: readonly Lint[] = [
  addressPrefixMatch,
  carriageReturn,
  checkWhileHolding,
  curlWithoutFail,
  curlWithoutLimit,
  noInterpreter,
  scriptOverLimit,
  unverifiedCheck,
];

/** All of them. */
export const LINTS: readonly Lint[] = [...HAPROXY_LINTS, ...KEEPALIVED_LINTS, ...SCRIPT_LINTS];
