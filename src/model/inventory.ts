/**
 * What an inventory names: hosts, backends, endpoints. Types only, imports nothing.
 * @module
 */

/** Variables of a host, merged by precedence. */
export type Vars = Readonly<Record<string, unknown>>;

/** A value nobody may print. `reveal` is called where the value is sent to a host, nowhere else. */
export interface Secret {
  /** Tells a secret from a string. */
  readonly secret: true;
  /** The value itself. */
  reveal(): string;
}

/** One machine and how to reach it. Every field has passed the inventory's grammar. */
export interface Host {
  /** Name in the inventory. */
  readonly name: string;
  /** What ssh connects to: `ansible_host`, else the name. */
  readonly address: string;
  /** `ansible_port`; unset leaves it to ssh's own configuration. */
  readonly port?: number;
  /** `ansible_user`; unset leaves it to ssh's own configuration. */
  readonly user?: string;
  /** Whether the session goes through sudo. */
  readonly become: boolean;
  /** `ansible_ssh_private_key_file`. */
  readonly keyFile?: string;
  /** `ansible_ssh_common_args` split as a shell would, allow-listed. */
  readonly sshArgs: readonly string[];
  /** Groups the host is in, parents first. */
  readonly groups: readonly string[];
  /** Merged variables, the inventory's own keys included. */
  readonly vars: Vars;
}

/** A server behind the endpoint. */
export interface Backend {
  /** Name, a token that HAProxy accepts as a server name. */
  readonly name: string;
  /** IP address. */
  readonly address: string;
}

/** A load balancer of an endpoint, with what `endpoint_host` says of it. */
export interface Member {
  /** The machine. */
  readonly host: Host;
  /** VRRP priority set by hand; unset: derived from the order in the inventory. */
  readonly priority?: number;
  /** VRRP start state, `profile: guide` only; unset: derived. */
  readonly state?: "MASTER" | "BACKUP";
  /** Network interface set by hand for this host. */
  readonly interface?: string;
  /** Its own addresses beside the virtual ones, set by hand, at most one of a family. @default {seen} */
  readonly addresses?: readonly string[];
  /** It shall carry nothing of the endpoint any more. @default {false} */
  readonly absent?: boolean;
}

/** A further service that the same load balancers stand in front of: another cluster's API servers. */
export interface FurtherService {
  /** Its name, which no other one of the endpoint has: lower-case letters, digits and dashes. */
  readonly name: string;
  /** Its own virtual IPs; none: it is at those of the endpoint, on another port. */
  readonly addresses: readonly string[];
  /** Port that its clients connect to. */
  readonly port: number;
  /** Its API servers, in inventory order. */
  readonly backends: readonly Backend[];
  /** Port of these. */
  readonly backendPort: number;
  /** PEM text of the CA that signed their certificates. */
  readonly ca?: string;
  /** What is its own of the settings of HAProxy. */
  readonly haproxy: Pick<
    HaproxySettings,
    "balance" | "checkPath" | "verifyHost" | "checkClient"
  >;
}

/** A highly available address and the machines that carry it: the `endpoint` map, validated. */
export interface Endpoint {
  /** Name of the group that carries the `endpoint` map. */
  readonly name: string;
  /** The virtual IP that clients are told: the first of the list, where there are several. */
  readonly address: string;
  /** Further virtual IPs of either family, which move together with it. @default {none} */
  readonly moreAddresses?: readonly string[];
  /** Port that clients connect to. */
  readonly port: number;
  /** API servers, in inventory order. */
  readonly backends: readonly Backend[];
  /** Port of the API servers. */
  readonly backendPort: number;
  /** `guide`: the seed document as written; `standard`: corrected; `fast`: below a second, forgives less. */
  readonly profile: "guide" | "standard" | "fast";
  /** Network interface for VRRP, or `auto`: the one whose subnet holds the address. */
  readonly interface: string;
  /** PEM text of the CA that signed the API servers' certificates. */
  readonly ca?: string;
  /** What else its load balancers stand in front of, moved together with it. @default {nothing} */
  readonly also?: readonly FurtherService[];
  /** Settings of Keepalived. */
  readonly vrrp: {
    /** Virtual router id, 1 to 255, or `auto`: derived from the address. */
    readonly routerId: number | "auto";
    /** Password of VRRP version 2, at most 8 characters. */
    readonly authPass?: Secret;
    /** How adverts travel. */
    readonly mode: "unicast" | "multicast";
    /** Seconds between adverts, or `auto`: by profile. */
    readonly advertInterval: number | "auto";
    /** Command on a load balancer for each change of its state, words with placeholders. @default {none} */
    readonly notify?: readonly string[];
  };
  /** Settings of HAProxy. */
  readonly haproxy: HaproxySettings;
  /** `OOMScoreAdjust` of both daemons, -1000 to 1000. @default {systemd's} */
  readonly oomScoreAdjust?: number;
  /** What is asked of the daemons' packages. @default {that they are installed} */
  readonly packages?: PackageSettings;
  /** Set: the daemons are static pods of the kubelet, not packages and units. @default {units} */
  readonly pods?: PodSettings;
  /** `auto`: a firewall that would stop the endpoint lets it in; `none`: no rules. @default {"auto"} */
  readonly firewall?: "auto" | "none";
  /** What the owner promises; compared with predictions and drills. */
  readonly slo: {
    /** Longest tolerated failover in milliseconds. */
    readonly failoverMs: number;
  };
  /** Somebody depends on it: what breaks things on purpose wants to hear `--yes`. @default {false} */
  readonly production?: boolean;
  /** What drills need beside ssh. @default {nothing} */
  readonly drill?: DrillSettings;
  /** Load balancers, in inventory order; none when the whole endpoint shall go. */
  readonly members: readonly Member[];
  /** Load balancers that shall be none any more: nothing is derived from them. @default {none} */
  readonly leaving?: readonly Member[];
}

/** Settings of HAProxy, as the inventory says them. */
export interface HaproxySettings {
  /** Balance algorithm, or `auto`: by profile. */
  readonly balance: string;
  /** How long an idle connection may live, in HAProxy's units (`1h`). */
  readonly clientTimeout: string;
  /** `address:port` of the loopback health and metrics listener. */
  readonly stats: string;
  /** Connections of clients at once. @default {4000} */
  readonly maxConnections?: number;
  /** Limit of connecting to an API server, in HAProxy's units. @default {by profile} */
  readonly connectTimeout?: string;
  /** Limit of waiting for an API server that can take a connection. @default {"10s"} */
  readonly queueTimeout?: string;
  /** `address:port` of a listener for metrics alone. @default {none} */
  readonly metrics?: string;
  /** Which connections of clients are logged. @default {"tcp"} */
  readonly accessLog?: "tcp" | "errors" | "off";
  /** What the checks ask the API servers for. @default {"/readyz"} */
  readonly checkPath?: string;
  /** Name that an API server's certificate must hold. @default {any} */
  readonly verifyHost?: string;
  /** What the checks identify themselves with. @default {nothing} */
  readonly checkClient?: {
    /** PEM text of the certificate, and of those that lead to its CA. */
    readonly certificate: string;
    /** PEM text of its key. */
    readonly key: Secret;
  };
}

/** What is asked of the daemons' packages, as the inventory says it. */
export interface PackageSettings {
  /** Daemon to the version that it shall have, or a pattern of it: `2.6.*`. */
  readonly versions: Readonly<Partial<Record<"haproxy" | "keepalived", string>>>;
  /** Whether upgrades pass the daemons over. @default {as it is on the host} */
  readonly hold?: boolean;
  /** Longest wait for others who work with the package manager, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/** How the daemons run as static pods. */
export interface PodSettings {
  /** Daemon to its image, with a tag or a digest. */
  readonly images: Readonly<Record<"haproxy" | "keepalived", string>>;
}

/** What drills need beside ssh, as the inventory names it. */
export interface DrillSettings {
  /** Switches the power of a host: words, with `{host}` and `{action}` (`off`, `on`) in them. */
  readonly powerCommand?: readonly string[];
  /** Breaks an API server: words, with `{server}` and `{action}` (`stop`, `start`, `500`, `200`). */
  readonly apiCommand?: readonly string[];
  /** Host that asks the endpoint, outside of its group. @default {the controller} */
  readonly probeFrom?: Host;
}

/** Which groups of hosts are kept apart, and by what: the `placement` map, validated. */
export interface PlacementSettings {
  /** Name of the group that carries the `placement` map. */
  readonly name: string;
  /** What tells where machines are: the inventory itself, or a platform that is asked. */
  readonly provider: "inventory" | "vsphere" | "proxmox" | "libvirt";
  /** First part of the names of rules; set where the provider has rules. */
  readonly clusterName?: string;
  /** Whether a run refuses to go on where members share a host; else it warns. */
  readonly required: boolean;
  /** The groups, in order. */
  readonly groups: readonly {
    /** Name of the group. */
    readonly name: string;
    /** No two on one physical host; or at most as many as there are when they are spread evenly. */
    readonly policy: "anti_affinity" | "spread";
    /** Names of its hosts, in inventory order. */
    readonly hosts: readonly string[];
  }[];
  /** Where the vCenter is; set with provider `vsphere`. */
  readonly vsphere?: VsphereSettings;
  /** Where the Proxmox VE is; set with provider `proxmox`. */
  readonly proxmox?: ProxmoxSettings;
  /** The hypervisors; set with provider `libvirt`. */
  readonly libvirt?: LibvirtSettings;
}

/** Hypervisors that machines run on. */
export interface LibvirtSettings {
  /** One or more, in the order of the inventory. */
  readonly hypervisors: readonly Hypervisor[];
}

/** A hypervisor that libvirt can be asked on. */
export interface Hypervisor {
  /** What people call it, which is what a `failure_domain` may say. */
  readonly name: string;
  /** Where `virsh` connects to: a URI over ssh that asks nothing and starts nothing else. */
  readonly uri: string;
}

/** A vCenter, and how to get into it. */
export interface VsphereSettings {
  /** Host name or IP address, with a port where it is not 443. */
  readonly server: string;
  /** Inventory path of the DRS cluster, or its name. @default {those that its machines are in} */
  readonly cluster?: string;
  /** PEM text of the CA that signed its certificate. @default {the CAs that Deno knows} */
  readonly ca?: string;
  /** Whether rules may not be broken, for whatever reason. */
  readonly mandatory: boolean;
  /** Where the name to log in with comes from. */
  readonly user: SecretPlace | string;
  /** Where the password comes from. */
  readonly password: SecretPlace;
}

/** A Proxmox VE cluster, and how to get into it. */
export interface ProxmoxSettings {
  /** Host name or IP address of one of its nodes, with a port where it is not 8006. */
  readonly server: string;
  /** PEM text of the CA that signed its certificate. @default {the CAs that Deno knows} */
  readonly ca?: string;
  /** Where the API token comes from: `USER@REALM!TOKENID=UUID`. */
  readonly apiToken: SecretPlace;
}

/** Where a secret is fetched when it is needed. */
export type SecretPlace =
  /** From an environment variable. */
  | { readonly env: string }
  /** From a file; a path that is not absolute begins at the inventory's folder. */
  | { readonly file: string }
  /** From what a program prints; its words. */
  | { readonly command: readonly string[] };

/** A whole inventory, resolved. */
export interface Inventory {
  /** The file or folder that was read. */
  readonly file: string;
  /** Every host, in order of appearance. */
  readonly hosts: readonly Host[];
  /** Group name to the names of its hosts, children's hosts included. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Every endpoint. */
  readonly endpoints: readonly Endpoint[];
  /** Every `placement` map. */
  readonly placements: readonly PlacementSettings[];
}
