/**
 * Every lint, in the order of the documents.
 * @module
 */
import { overriddenCheck } from "./haproxy/overridden_check.ts";
import { commonRouterId } from "./keepalived/common_router_id.ts";
import { nopreemptMaster } from "./keepalived/nopreempt_master.ts";
import { nopreemptWithWeight } from "./keepalived/nopreempt_with_weight.ts";
import { ownerPriority } from "./keepalived/owner_priority.ts";
import { placeholder } from "./keepalived/placeholder.ts";
import { priorityRange } from "./keepalived/priority_range.ts";
import { routerIdMissing } from "./keepalived/router_id_missing.ts";
import { routerIdRange } from "./keepalived/router_id_range.ts";
import { scriptSecurity } from "./keepalived/script_security.ts";
import { scriptUser } from "./keepalived/script_user.ts";
import { sharedName } from "./keepalived/shared_name.ts";
import { slowDetection } from "./keepalived/slow_detection.ts";
import { undefinedCheck } from "./keepalived/undefined_check.ts";
import { untracked } from "./keepalived/untracked.ts";
import { weightBelowGap } from "./keepalived/weight_below_gap.ts";
import type { Lint } from "./model.ts";

/** Traps of haproxy.cfg. */
export const HAPROXY_LINTS: readonly Lint[] = [
  overriddenCheck,
];

/** Traps of keepalived.conf. */
export const KEEPALIVED_LINTS: readonly Lint[] = [
  commonRouterId,
  nopreemptMaster,
  nopreemptWithWeight,
  ownerPriority,
  placeholder,
  priorityRange,
  routerIdMissing,
  routerIdRange,
  scriptSecurity,
  scriptUser,
  sharedName,
  slowDetection,
  undefinedCheck,
  untracked,
  weightBelowGap,
];

/** Traps of check scripts and units. */
export const SCRIPT_LINTS: readonly Lint[] = [];

/** All of them. */
export const LINTS: readonly Lint[] = [...HAPROXY_LINTS, ...KEEPALIVED_LINTS, ...SCRIPT_LINTS];
