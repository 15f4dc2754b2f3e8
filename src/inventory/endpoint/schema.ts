/**
 * The shape of `endpoint` and `endpoint_host`. Every message is one phrase, "expected …", which
 * the caller puts behind the place and what was found. Charsets are strict: these values end up
 * in configuration files, so that nothing may hold a space, a quote or a line break.
 * @module
 */
import * as z from "zod";
import { ALSO_KEYS, alsoSchema } from "./also_schema.ts";
import { DRILL_KEYS, drillSchema } from "./drill_schema.ts";
import { SECRET_KEYS, secretSource } from "../secret_source.ts";
import { CHECK_CLIENT_KEYS, HAPROXY_KEYS, haproxySchema } from "./haproxy_schema.ts";
import { NOTIFY_KEYS, notifySchema } from "./notify_schema.ts";
import {
  addresses,
  BACKEND_KEYS,
  backends,
  choice,
  mapping,
  path,
  port,
  text,
  whole,
} from "./values.ts";

/** How an interface may be called: what Linux allows, minus what would need quoting. */
const networkInterface = () =>
  text(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/, "the name of a network interface, or auto");

const vrrp = z.strictObject({
  router_id: z.union([z.literal("auto"), whole(1, 255)], {
    error: "expected a whole number from 1 to 255, or auto",
  }).default("auto")
    .meta({ description: "Virtual router id; auto derives it from the address", examples: [51] }),
  auth_pass: secretSource.optional().meta({
    description: "Password of VRRP version 2, 1 to 8 characters; profile guide needs one",
    examples: [{ env: "VRRP_PASS" }, { file: "/run/secrets/vrrp" }],
  }),
  mode: choice("unicast", "multicast").optional()
    .meta({
      description: "How adverts travel. Default: unicast, for profile guide multicast",
      examples: ["unicast"],
    }),
  advert_interval: z.union([
    z.literal("auto"),
    z.number().min(0.01, { error: "expected seconds from 0.01 to 255, or auto" })
      .max(255, { error: "expected seconds from 0.01 to 255, or auto" }),
  ], { error: "expected seconds from 0.01 to 255, or auto" }).default("auto")
    .meta({ description: "Seconds between adverts; auto goes by profile", examples: [1] }),
  notify: notifySchema.optional(),
}, mapping);

/** Characters of a Debian version, with the wildcards of apt's pins. */
const version = () =>
  text(/^\d[0-9A-Za-z.+~:*?-]*$/, 'a version or a pattern in quotes, such as "2.6.*"').optional();

const packages = z.strictObject({
  haproxy: version()
    .meta({ description: "Version of HAProxy: * stands for the rest", examples: ["2.6.*"] }),
  keepalived: version()
    .meta({ description: "Version of Keepalived: * stands for the rest", examples: ["2.2.*"] }),
  hold: z.boolean({ error: "expected true or false" }).optional()
    .meta({
      description: "Upgrades of the system pass both over. Default: as it is on the host",
      examples: [true],
    }),
  lock_timeout: text(/^\d{1,9}(ms|s|m|h)$/, "a duration such as 30s or 5m").default("5m")
    .meta({
      description: "Longest wait for others who work with the package manager",
      examples: ["30s"],
    }),
}, mapping);

/** A reference of an image, as container runtimes write it: host, path, tag, digest. */
const image = () =>
  text(
    /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{1,5})?\/)?[a-z0-9][a-z0-9._\/-]{0,200}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    "an image with a tag or a digest, such as haproxy:2.8.10",
  );

const images = z.strictObject({
  haproxy: image()
    .meta({ description: "Image of HAProxy 2.2 or newer", examples: ["haproxy:2.8.10"] }),
  keepalived: image()
    .meta({
      description: "Image of Keepalived 2.1 or newer, with curl or wget in it",
      examples: ["images.example.org/keepalived:2.2.8"],
    }),
}, mapping);

const slo = z.strictObject({
  failover: text(/^[1-9]\d{0,8}(ms|s|m|h)$/, "a duration such as 500ms, 2s or 1m")
    .default("2s").meta({ description: "Longest tolerated failover", examples: ["500ms"] }),
}, mapping);

/** The `endpoint` map of a group. */
export const endpointSchema = z.strictObject({
  state: choice("present", "absent").default("present")
    .meta({
      description: "absent: the address, services and files are taken away from every host",
      examples: ["absent"],
    }),
  address: addresses().meta({
    description: "The virtual IP: an unused address of the hosts' subnet; a list for several, " +
      "such as one of each family",
    examples: ["10.0.0.10", ["10.0.0.10", "2001:db8::10"]],
  }),
  port: port().default(8443)
    .meta({ description: "Port that clients connect to", examples: [6443] }),
  backends: backends(),
  backend_port: port().default(6443)
    .meta({ description: "Port of the API servers", examples: [6443] }),
  profile: choice("guide", "standard", "fast").default("standard")
    .meta({
      description:
        "guide: the reference as written; standard: corrected, forgives stalls of half " +
        "a second; fast: a failure costs less than a second, and a host that stalls for 0.3 s or a " +
        "HAProxy that is silent for 0.4 s counts as one",
      examples: ["fast"],
    }),
  mode: choice("services", "static-pods").default("services")
    .meta({
      description: "services: packages and units of the system; static-pods: containers that the " +
        "kubelet of each host runs, on API servers that kubeadm makes",
      examples: ["static-pods"],
    }),
  images: images.optional().meta({
    description: "Images of the static pods; mode static-pods needs them",
    examples: [{
      haproxy: "haproxy:2.8.10",
      keepalived: "images.example.org/keepalived:2.2.8",
    }],
  }),
  interface: networkInterface().default("auto")
    .meta({
      description: "Network interface for VRRP; auto is the one whose subnet holds the address",
      examples: ["eth0"],
    }),
  ca_file: path("a path").optional()
    .meta({
      description:
        "PEM file of the CA that signed the API servers' certificates, relative to the " +
        "inventory's folder; without it checks do not verify",
      examples: ["ca.crt"],
    }),
  also: z.array(alsoSchema, { error: "expected a list of { name, backends, ... }" }).optional()
    .meta({
      description: "Further services that the same load balancers stand in front of, such as the " +
        "API servers of another cluster; not for profile guide",
      examples: [[{ name: "staging", address: "10.0.0.11", backends: "staging_masters" }]],
    }),
  // A default is not read again: inner defaults only come from reading {}.
  vrrp: vrrp.default(() => vrrp.parse({}))
    .meta({ description: "Settings of Keepalived", examples: [{ router_id: 51 }] }),
  haproxy: haproxySchema.default(() => haproxySchema.parse({}))
    .meta({ description: "Settings of HAProxy", examples: [{ client_timeout: "4h" }] }),
  oom_score_adjust: whole(-1000, 1000).optional()
    .meta({
      description:
        "OOMScoreAdjust of both daemons: the kernel ends who has most of it first when " +
        "memory runs out; no effect with profile guide. Default: systemd's",
      examples: [-500],
    }),
  packages: packages.optional()
    .meta({
      description: "What is asked of the daemons' packages",
      examples: [{ haproxy: "2.6.*", hold: true }],
    }),
  firewall: choice("auto", "none").default("auto")
    .meta({
      description: "auto: where firewalld, ufw or nftables would stop them, VRRP of the other " +
        "hosts and the port are let in; none: no rules",
      examples: ["none"],
    }),
  slo: slo.default(() => slo.parse({}))
    .meta({ description: "What is promised", examples: [{ failover: "2s" }] }),
  production: z.boolean({ error: "expected true or false" }).optional()
    .meta({
      description: "Somebody depends on it: drills want to hear --yes. Default: false",
      examples: [true],
    }),
  drill: drillSchema.optional().meta({
    description: "What drills need beside ssh",
    examples: [{ probe_from: "jump1" }],
  }),
}, mapping);

/** The `endpoint_host` map of a host. */
export const endpointHostSchema = z.strictObject({
  priority: whole(1, 254).optional()
    .meta({ description: "VRRP priority; derived when unset", examples: [100] }),
  state: choice("present", "absent", "MASTER", "BACKUP").optional()
    .meta({
      description: "absent: the host leaves the endpoint, and all that belongs to it is taken " +
        "away. MASTER, BACKUP: VRRP start state, profile guide only; derived when unset",
      examples: ["absent"],
    }),
  interface: networkInterface().optional()
    .meta({ description: "Network interface of this host", examples: ["eth1"] }),
  address: addresses().optional().meta({
    description: "Own address of this host beside the virtual one, or one of each family, for " +
      "when it cannot be asked. Default: what is seen on the interface, else ansible_host",
    examples: ["10.0.0.11", ["10.0.0.11", "2001:db8::11"]],
  }),
}, mapping);

/** What an `endpoint` map holds after defaults. */
export type EndpointMap = z.output<typeof endpointSchema>;

/** What an `endpoint_host` map holds. */
export type EndpointHostMap = z.output<typeof endpointHostSchema>;

/** Keys by the path of the map that holds them, for suggestions; `*` stands for any item. */
export const ENDPOINT_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["", Object.keys(endpointSchema.shape)],
  ["vrrp", Object.keys(vrrp.shape)],
  ["vrrp.auth_pass", SECRET_KEYS],
  ["vrrp.notify", NOTIFY_KEYS],
  ["haproxy", HAPROXY_KEYS],
  ["haproxy.check_client", CHECK_CLIENT_KEYS],
  ["packages", Object.keys(packages.shape)],
  ["images", Object.keys(images.shape)],
  ["slo", Object.keys(slo.shape)],
  ["drill", DRILL_KEYS],
  ["backends.*", BACKEND_KEYS],
  ["also.*", ALSO_KEYS],
  ["also.*.check_client", CHECK_CLIENT_KEYS],
  ["also.*.backends.*", BACKEND_KEYS],
]);

/** As {@link ENDPOINT_KEYS}, for `endpoint_host`. */
export const ENDPOINT_HOST_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["", Object.keys(endpointHostSchema.shape)],
]);
