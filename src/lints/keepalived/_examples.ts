/**
 * Configurations that examples of several lints are made of.
 * @module
 */

/** A keepalived.conf with one instance that tracks one check. */
export function checkedConf(priority: number, weight: number): string {
  return `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    weight ${weight}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    priority ${priority}
    track_script {
        check_apiserver
    }
}
`;
}
