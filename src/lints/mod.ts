/**
 * Every lint, in the order of the documents.
 * @module
 */
import { overriddenCheck } from "./haproxy/overridden_check.ts";
import { addressMissing } from "./keepalived/address_missing.ts";
import { addressesDiffer } from "./keepalived/addresses_differ.ts";
import { advertFraction } from "./keepalived/advert_fraction.ts";
import { blindCheck } from "./keepalived/blind_check.ts";
import { bothMasters } from "./keepalived/both_masters.ts";
import { commonRouterId } from "./keepalived/common_router_id.ts";
import { cutValue } from "./keepalived/cut_value.ts";
import { duplicateRouterId } from "./keepalived/duplicate_router_id.ts";
import { equalPriorities } from "./keepalived/equal_priorities.ts";
import { faultOnOutage } from "./keepalived/fault_on_outage.ts";
import { ignoredPassword } from "./keepalived/ignored_password.ts";
import { interfaceMissing } from "./keepalived/interface_missing.ts";
import { intervalFraction } from "./keepalived/interval_fraction.ts";
import { longPassword } from "./keepalived/long_password.ts";
import { longTimeout } from "./keepalived/long_timeout.ts";
import { loopbackInterface } from "./keepalived/loopback_interface.ts";
import { mixedFamilies } from "./keepalived/mixed_families.ts";
import { noPeers } from "./keepalived/no_peers.ts";
import { nopreemptMaster } from "./keepalived/nopreempt_master.ts";
import { nopreemptWithWeight } from "./keepalived/nopreempt_with_weight.ts";
import { outsideSubnet } from "./keepalived/outside_subnet.ts";
import { ownAddress } from "./keepalived/own_address.ts";
import { ownPeer } from "./keepalived/own_peer.ts";
import { ownerPriority } from "./keepalived/owner_priority.ts";
import { passwordDiffers } from "./keepalived/password_differs.ts";
import { passwordType } from "./keepalived/password_type.ts";
import { peerMissing } from "./keepalived/peer_missing.ts";
import { placeholder } from "./keepalived/placeholder.ts";
import { positiveWeight } from "./keepalived/positive_weight.ts";
import { preemptDelayWithWeight } from "./keepalived/preempt_delay_with_weight.ts";
import { priorityRange } from "./keepalived/priority_range.ts";
import { relativeScript } from "./keepalived/relative_script.ts";
import { reloadCheck } from "./keepalived/reload_check.ts";
import { routerIdMissing } from "./keepalived/router_id_missing.ts";
import { routerIdRange } from "./keepalived/router_id_range.ts";
import { scriptMissing } from "./keepalived/script_missing.ts";
import { scriptSecurity } from "./keepalived/script_security.ts";
import { scriptUser } from "./keepalived/script_user.ts";
import { sharedName } from "./keepalived/shared_name.ts";
import { slowAdverts } from "./keepalived/slow_adverts.ts";
import { slowDetection } from "./keepalived/slow_detection.ts";
import { strictMode } from "./keepalived/strict_mode.ts";
import { trackProcess } from "./keepalived/track_process.ts";
import { transportDiffers } from "./keepalived/transport_differs.ts";
import { undefinedCheck } from "./keepalived/undefined_check.ts";
import { unicastSource } from "./keepalived/unicast_source.ts";
import { unknownKeyword } from "./keepalived/unknown_keyword.ts";
import { unquotedScript } from "./keepalived/unquoted_script.ts";
import { unreadableAddress } from "./keepalived/unreadable_address.ts";
import { unseenInclude } from "./keepalived/unseen_include.ts";
import { untracked } from "./keepalived/untracked.ts";
import { useVmac } from "./keepalived/use_vmac.ts";
import { vrrpDiffers } from "./keepalived/vrrp_differs.ts";
import { weightBelowGap } from "./keepalived/weight_below_gap.ts";
import type { Lint } from "./model.ts";

/** Traps of haproxy.cfg. */
export const HAPROXY_LINTS: readonly Lint[] = [
  overriddenCheck,
];

/** Traps of keepalived.conf. */
export const KEEPALIVED_LINTS: readonly Lint[] = [
  addressMissing,
  addressesDiffer,
  advertFraction,
  blindCheck,
  bothMasters,
  commonRouterId,
  cutValue,
  duplicateRouterId,
  equalPriorities,
  faultOnOutage,
  ignoredPassword,
  interfaceMissing,
  intervalFraction,
  longPassword,
  longTimeout,
  loopbackInterface,
  mixedFamilies,
  noPeers,
  nopreemptMaster,
  nopreemptWithWeight,
  outsideSubnet,
  ownAddress,
  ownPeer,
  ownerPriority,
  passwordDiffers,
  passwordType,
  peerMissing,
  placeholder,
  positiveWeight,
  preemptDelayWithWeight,
  priorityRange,
  relativeScript,
  reloadCheck,
  routerIdMissing,
  routerIdRange,
  scriptMissing,
  scriptSecurity,
  scriptUser,
  sharedName,
  slowAdverts,
  slowDetection,
  strictMode,
  trackProcess,
  transportDiffers,
  undefinedCheck,
  unicastSource,
  unknownKeyword,
  unquotedScript,
  unreadableAddress,
  unseenInclude,
  untracked,
  useVmac,
  vrrpDiffers,
  weightBelowGap,
];

/** Traps of check scripts and units. */
export const SCRIPT_LINTS: readonly Lint[] = [];

/** All of them. */
export const LINTS: readonly Lint[] = [...HAPROXY_LINTS, ...KEEPALIVED_LINTS, ...SCRIPT_LINTS];
