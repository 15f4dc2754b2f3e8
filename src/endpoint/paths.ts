/**
 * Where things stand on a load balancer. Data only.
 * @module
 */

/** Paths on a host. */
export const PATHS = {
  /** Configuration of HAProxy. */
  haproxy: "/etc/haproxy/haproxy.cfg",
  /** CA that signed the API servers' certificates. */
  ca: "/etc/haproxy/kube-ca.crt",
  /** Certificate and key that HAProxy's checks show to the API servers. */
  checkClient: "/etc/haproxy/kube-check.pem",
  /** Configuration of Keepalived. */
  keepalived: "/etc/keepalived/keepalived.conf",
  /** The seed document's check script. */
  guideScript: "/etc/keepalived/check_apiserver.sh",
  /** Asks whether HAProxy answers. */
  aliveScript: "/etc/keepalived/check_haproxy_alive.sh",
  /** Asks whether HAProxy sees an API server. */
  readyScript: "/etc/keepalived/check_haproxy_ready.sh",
  /** Runs the command of the inventory when the state of VRRP changes. */
  notifyScript: "/etc/keepalived/notify_state.sh",
  /** Drop-in of haproxy.service. */
  haproxyUnit: "/etc/systemd/system/haproxy.service.d/holdfast.conf",
  /** Drop-in of keepalived.service. */
  keepalivedUnit: "/etc/systemd/system/keepalived.service.d/holdfast.conf",
  /** Drop-in of keepalived.service that takes the addresses away when it has ended. */
  addressesUnit: "/etc/systemd/system/keepalived.service.d/holdfast-addresses.conf",
  /** Exists and holds 1 while haproxy.service runs. Directly in /run, which exists at any time. */
  trackFile: "/run/holdfast-haproxy-running",
} as const;

/**
 * The files of a further service. Nobody else's begin like this, and its name has no character that
 * means something in a path: what is left of one that is gone can be told by its name.
 */
export function servicePaths(name: string): { readonly ca: string; readonly checkClient: string } {
  return {
    ca: `/etc/haproxy/holdfast-ca-${name}.crt`,
    checkClient: `/etc/haproxy/holdfast-check-${name}.pem`,
  };
}

/** The same of any service, `*` for its name. */
export const SERVICE_PATTERNS: readonly string[] = Object.values(servicePaths("*"));

/** Which file of a service a path is, whatever the service is called. */
export function servicePathOf(path: string): "ca" | "checkClient" | undefined {
  const [, kind] = /^\/etc\/haproxy\/holdfast-(ca|check)-[a-z0-9-]+\.(?:crt|pem)$/.exec(path) ?? [];
  return kind === undefined ? undefined : kind === "ca" ? "ca" : "checkClient";
}

/** Manifests of static pods, where the kubelet of kubeadm looks for them. */
export const POD_PATHS = {
  haproxy: "/etc/kubernetes/manifests/haproxy.yaml",
  keepalived: "/etc/kubernetes/manifests/keepalived.yaml",
} as const;

/**
 * Holds 1 while a member with static pods leaves the address to the others: its Keepalived watches
 * it. In a folder of its own, which the container has too, and in /run: a boot forgets it.
 */
export const STAND_DOWN_FILE = "/run/holdfast-stand-down/keepalived";

/** Record of who the members of the endpoint are; root's alone, beside the runner's own state. */
export const MEMBERS_FILE = "/var/lib/holdfast/members";

/** User that Keepalived runs the check scripts as. */
export const SCRIPT_USER = "keepalived_script";

/** The same inside of an image, which nobody can add a user to: all of them have this one. */
export const POD_SCRIPT_USER = "nobody";
