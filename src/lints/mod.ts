/**
 * Every lint, in the order of the documents.
 * @module
 */
import { addressInHead } from "./haproxy/address_in_head.ts";
import { backendWithoutServers } from "./haproxy/backend_without_servers.ts";
import { checkPath } from "./haproxy/check_path.ts";
import { descriptorsOverLimit } from "./haproxy/descriptors_over_limit.ts";
import { differentPort } from "./haproxy/different_port.ts";
import { differentServers } from "./haproxy/different_servers.ts";
import { duplicateProxy } from "./haproxy/duplicate_proxy.ts";
import { duplicateServer } from "./haproxy/duplicate_server.ts";
import { fewRetries } from "./haproxy/few_retries.ts";
import { httpModeForTls } from "./haproxy/http_mode_for_tls.ts";
import { httpOptionInTcpMode } from "./haproxy/http_option_in_tcp_mode.ts";
import { lowIdleTimeout } from "./haproxy/low_idle_timeout.ts";
import { missingCa } from "./haproxy/missing_ca.ts";
import { missingFinalNewline } from "./haproxy/missing_final_newline.ts";
import { missingTimeout } from "./haproxy/missing_timeout.ts";
import { misspeltWord } from "./haproxy/misspelt_word.ts";
import { nbproc } from "./haproxy/nbproc.ts";
import { noHardStop } from "./haproxy/no_hard_stop.ts";
import { noRedispatch } from "./haproxy/no_redispatch.ts";
import { openAdminSocket } from "./haproxy/open_admin_socket.ts";
import { openStatsPage } from "./haproxy/open_stats_page.ts";
import { overriddenCheck } from "./haproxy/overridden_check.ts";
import { plainCheckOfTls } from "./haproxy/plain_check_of_tls.ts";
import { portTaken } from "./haproxy/port_taken.ts";
import { removedWord } from "./haproxy/removed_word.ts";
import { repeatedServer } from "./haproxy/repeated_server.ts";
import { runsAsRoot } from "./haproxy/runs_as_root.ts";
import { sendProxy } from "./haproxy/send_proxy.ts";
import { serverWithoutCheck } from "./haproxy/server_without_check.ts";
import { serverWithoutPort } from "./haproxy/server_without_port.ts";
import { sharedPort } from "./haproxy/shared_port.ts";
import { shortIdleTimeout } from "./haproxy/short_idle_timeout.ts";
import { singleServer } from "./haproxy/single_server.ts";
import { slowCheck } from "./haproxy/slow_check.ts";
import { sslHelloCheck } from "./haproxy/ssl_hello_check.ts";
import { stdoutLog } from "./haproxy/stdout_log.ts";
import { tcpOnlyCheck } from "./haproxy/tcp_only_check.ts";
import { tlsEndsHere } from "./haproxy/tls_ends_here.ts";
import { unevenBalance } from "./haproxy/uneven_balance.ts";
import { unknownBackend } from "./haproxy/unknown_backend.ts";
import { unknownWord } from "./haproxy/unknown_word.ts";
import { unreadableServer } from "./haproxy/unreadable_server.ts";
import { unsetVariable } from "./haproxy/unset_variable.ts";
import { unverifiedCheck } from "./haproxy/unverified_check.ts";
import { virtualBind } from "./haproxy/virtual_bind.ts";
import { weakCheckExpect } from "./haproxy/weak_check_expect.ts";
import { addressMissing } from "./keepalived/address_missing.ts";
import { addressesDiffer } from "./keepalived/addresses_differ.ts";
import { advertFraction } from "./keepalived/advert_fraction.ts";
import { advertRange } from "./keepalived/advert_range.ts";
import { blindCheck } from "./keepalived/blind_check.ts";
import { bothMasters } from "./keepalived/both_masters.ts";
import { commonRouterId } from "./keepalived/common_router_id.ts";
import { cutValue } from "./keepalived/cut_value.ts";
import { duplicateInstance } from "./keepalived/duplicate_instance.ts";
import { duplicateRouterId } from "./keepalived/duplicate_router_id.ts";
import { earlyStart } from "./keepalived/early_start.ts";
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
import { sharedRouterId } from "./keepalived/shared_router_id.ts";
import { shellInScript } from "./keepalived/shell_in_script.ts";
import { slowAdverts } from "./keepalived/slow_adverts.ts";
import { slowDetection } from "./keepalived/slow_detection.ts";
import { strictMode } from "./keepalived/strict_mode.ts";
import { syncGroupMember } from "./keepalived/sync_group_member.ts";
import { trackProcess } from "./keepalived/track_process.ts";
import { transportDiffers } from "./keepalived/transport_differs.ts";
import { undefinedCheck } from "./keepalived/undefined_check.ts";
import { unicastSource } from "./keepalived/unicast_source.ts";
import { unknownKeyword } from "./keepalived/unknown_keyword.ts";
import { unknownState } from "./keepalived/unknown_state.ts";
import { unquotedScript } from "./keepalived/unquoted_script.ts";
import { unreadableAddress } from "./keepalived/unreadable_address.ts";
import { unseenInclude } from "./keepalived/unseen_include.ts";
import { untracked } from "./keepalived/untracked.ts";
import { useVmac } from "./keepalived/use_vmac.ts";
import { vrrpDiffers } from "./keepalived/vrrp_differs.ts";
import { weightBelowGap } from "./keepalived/weight_below_gap.ts";
import { weightBelowSpread } from "./keepalived/weight_below_spread.ts";
import { weightInSyncGroup } from "./keepalived/weight_in_sync_group.ts";
import { weightOverPriority } from "./keepalived/weight_over_priority.ts";
import { addressPrefixMatch } from "./scripts/address_prefix_match.ts";
import { alwaysGreen } from "./scripts/always_green.ts";
import { carriageReturn } from "./scripts/carriage_return.ts";
import { checkWhileHolding } from "./scripts/check_while_holding.ts";
import { checkWithoutBind } from "./scripts/check_without_bind.ts";
import { curlWithoutFail } from "./scripts/curl_without_fail.ts";
import { curlWithoutLimit } from "./scripts/curl_without_limit.ts";
import { insecureCheck } from "./scripts/insecure_check.ts";
import { keepalivedNotRestarted } from "./scripts/keepalived_not_restarted.ts";
import { noInterpreter } from "./scripts/no_interpreter.ts";
import { scriptOverLimit } from "./scripts/script_over_limit.ts";
import { stopsKeepalived } from "./scripts/stops_keepalived.ts";
import { unsetScriptVariable } from "./scripts/unset_script_variable.ts";
import type { Lint } from "./model.ts";

/** Traps of haproxy.cfg. */
export const HAPROXY_LINTS: readonly Lint[] = [
  addressInHead,
  backendWithoutServers,
  checkPath,
  descriptorsOverLimit,
  differentPort,
  differentServers,
  duplicateProxy,
  duplicateServer,
  fewRetries,
  httpModeForTls,
  httpOptionInTcpMode,
  lowIdleTimeout,
  missingCa,
  missingFinalNewline,
  missingTimeout,
  misspeltWord,
  nbproc,
  noHardStop,
  noRedispatch,
  openAdminSocket,
  openStatsPage,
  overriddenCheck,
  plainCheckOfTls,
  portTaken,
  removedWord,
  repeatedServer,
  runsAsRoot,
  sendProxy,
  serverWithoutCheck,
  serverWithoutPort,
  sharedPort,
  shortIdleTimeout,
  singleServer,
  slowCheck,
  sslHelloCheck,
  stdoutLog,
  tcpOnlyCheck,
  tlsEndsHere,
  unevenBalance,
  unknownBackend,
  unknownWord,
  unreadableServer,
  unsetVariable,
  unverifiedCheck,
  virtualBind,
  weakCheckExpect,
];

/** Traps of keepalived.conf. */
export const KEEPALIVED_LINTS: readonly Lint[] = [
  addressMissing,
  addressesDiffer,
  advertFraction,
  advertRange,
  blindCheck,
  bothMasters,
  commonRouterId,
  cutValue,
  duplicateInstance,
  duplicateRouterId,
  earlyStart,
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
  sharedRouterId,
  shellInScript,
  slowAdverts,
  slowDetection,
  strictMode,
  syncGroupMember,
  trackProcess,
  transportDiffers,
  undefinedCheck,
  unicastSource,
  unknownKeyword,
  unknownState,
  unquotedScript,
  unreadableAddress,
  unseenInclude,
  untracked,
  useVmac,
  vrrpDiffers,
  weightBelowGap,
  weightBelowSpread,
  weightInSyncGroup,
  weightOverPriority,
];

/** Traps of check scripts and units. */
export const SCRIPT_LINTS: readonly Lint[] = [
  addressPrefixMatch,
  alwaysGreen,
  carriageReturn,
  checkWhileHolding,
  checkWithoutBind,
  curlWithoutFail,
  curlWithoutLimit,
  insecureCheck,
  keepalivedNotRestarted,
  noInterpreter,
  scriptOverLimit,
  stopsKeepalived,
  unsetScriptVariable,
];

/** All of them. */
export const LINTS: readonly Lint[] = [...HAPROXY_LINTS, ...KEEPALIVED_LINTS, ...SCRIPT_LINTS];
