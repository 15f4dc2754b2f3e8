/**
 * Words that Keepalived knows, of versions 2.0.20 to 2.4.3. Data only.
 * @module
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What a line in a block may begin with. */
export const KEYWORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  vrrp_instance: words(`
    accept advert_int auth_hmac authentication check_unicast_src debug dont_track_primary
    down_timer_adverts garp_extra_if garp_lower_prio_delay garp_lower_prio_repeat garp_master_delay
    garp_master_refresh garp_master_refresh_repeat garp_master_repeat higher_prio_send_advert
    interface kernel_rx_buf_size linkbeat_use_polling lower_prio_no_advert
    lvs_sync_daemon_interface mcast_dst_ip mcast_src_ip native_ipv6 no_accept no_virtual_ipaddress
    nopreempt notify notify_backup notify_deleted notify_fault notify_master
    notify_master_rx_lower_pri notify_priority_changes notify_stop old_unicast_checksum
    owner_ignore_adverts preempt preempt_delay priority promote_secondaries skip_check_adv_addr
    smtp_alert state strict_mode thread_timer_expired timer_expired_backup track_bfd track_file
    track_interface track_process track_script track_src_ip unicast_fault_no_peer unicast_peer
    unicast_src_ip unicast_ttl use_ipvlan use_vmac use_vmac_addr v3_checksum_as_v2 version
    virtual_ipaddress virtual_ipaddress_excluded virtual_router_id virtual_routes virtual_rules
    vmac_garp_intvl vmac_xmit_base vrf
  `),
  vrrp_script: words("fall init_fail interval rise script timeout user weight"),
  authentication: words("auth_pass auth_type"),
  vrrp_sync_group: words(`
    global_tracking group notify notify_backup notify_fault notify_master notify_priority_changes
    notify_stop smtp_alert sync_group_tracking_weight track_bfd track_file track_interface
    track_process track_script
  `),
};
