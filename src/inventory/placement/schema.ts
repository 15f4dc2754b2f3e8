/**
 * The shape of `placement`: which groups are kept apart on physical hosts, and what tells where
 * machines are. Every message is one phrase, "expected …".
 * @module
 */
import * as z from "zod";
import { choice, mapping, path, text } from "../endpoint/values.ts";
import { SECRET_KEYS, secretPlace } from "../secret_source.ts";
import { HYPERVISOR, HYPERVISOR_PATTERN, hypervisorParts } from "./hypervisor.ts";
import { PROXMOX_KEYS, proxmoxMap } from "./proxmox.ts";

/** A name that rules begin with: what every platform takes, and no message needs to escape. */
const clusterName = () =>
  text(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])?$/,
    "a name of 1 to 32 letters, digits, dots, dashes and underscores",
  );

const group = z.strictObject({
  policy: choice("anti_affinity", "spread").meta({
    description: "anti_affinity: no two of its hosts on one physical host; spread: at most as " +
      "many on one as there are when they are spread evenly",
    examples: ["anti_affinity"],
  }),
}, mapping);

const password = secretPlace.default({ env: "VSPHERE_PASSWORD" }).meta({
  description: "Where the password comes from; it never stands in the inventory",
  examples: [{ env: "VSPHERE_PASSWORD" }, { file: "/run/secrets/vsphere" }],
});

const vsphere = z.strictObject({
  server: text(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[1-9]\d{0,4})?$/,
    "the name or address of a vCenter, without https://",
  ).meta({ description: "The vCenter", examples: ["vcenter.example.com"] }),
  cluster: text(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,200}$/u, "the name or path of a cluster")
    .meta({ pattern: "^[^\\u0000-\\u001f\\u007f]{1,200}$" }).optional().meta({
      description: "Inventory path of the DRS cluster, or its name. Default: every cluster that " +
        "machines of the groups are in",
      examples: ["DC0/C0"],
    }),
  ca_file: path("a path").optional().meta({
    description: "PEM file of the CA that signed the vCenter's certificate, relative to the " +
      "inventory's folder",
    examples: ["vmca-root.pem"],
  }),
  mandatory: z.boolean({ error: "expected true or false" }).default(false).meta({
    description: "Rules may not be broken: what cannot be placed apart stays down",
    examples: [false],
  }),
  user: z.union([
    text(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}{}]{1,200}$/u, "a user name")
      .meta({ pattern: "^[^\\u0000-\\u001f\\u007f{}]{1,200}$" }),
    secretPlace,
  ], { error: "expected a user name, { env: NAME }, { file: PATH } or { command: [...] }" })
    .default({ env: "VSPHERE_USER" }).meta({
      description: "User to log in as, or where the name comes from",
      examples: ["holdfast@vsphere.local", { env: "VSPHERE_USER" }],
    }),
  password,
}, mapping);

const hypervisor = z.string({ error: `expected ${HYPERVISOR}` }).superRefine((text, context) => {
  const judged = hypervisorParts(text);
  if ("expected" in judged) {
    context.addIssue({ code: "custom", message: `expected ${judged.expected}` });
  }
}).meta({ pattern: HYPERVISOR_PATTERN });

const hypervisors = { error: "expected a list of one hypervisor or more" };

const libvirt = z.strictObject({
  hypervisors: z.array(hypervisor, hypervisors).min(1, hypervisors).meta({
    description: "Every hypervisor that machines may be on: [USER@]HOST[:PORT], the name of a " +
      "host of the inventory, or a URI of libvirt over ssh",
    examples: [["root@kvm1", "root@kvm2.example.com", "qemu+ssh://root@kvm3/system"]],
  }),
}, mapping);

/** The `placement` map of a group. */
export const placementSchema = z.strictObject({
  provider: choice("inventory", "vsphere", "proxmox", "libvirt").default("inventory").meta({
    description:
      "What tells where machines are: the failure_domain of each host, a vCenter, a Proxmox VE " +
      "cluster, or hypervisors that libvirt is asked on",
    examples: ["inventory"],
  }),
  cluster_name: clusterName().optional().meta({
    description: "Begins the names of rules, so that clusters of one platform do not meet; every " +
      "provider with rules needs it",
    examples: ["prod"],
  }),
  required: z.boolean({ error: "expected true or false" }).default(false).meta({
    description:
      "true: check and apply refuse to go on where members share a host; false: they warn",
    examples: [true],
  }),
  groups: z.object({}, {
    error: "expected a mapping from groups to { policy: anti_affinity } or { policy: spread }",
  }).catchall(group).refine((all) => Object.keys(all).length > 0, {
    error: "expected one group or more",
  }).meta({
    description: "Groups of the inventory, and how the hosts of each are kept apart",
    examples: [{ masters: { policy: "anti_affinity" }, workers: { policy: "spread" } }],
    minProperties: 1,
  }),
  vsphere: vsphere.optional().meta({
    description: "The vCenter of provider vsphere",
    examples: [{ server: "vcenter.example.com", cluster: "DC0/C0", ca_file: "vmca-root.pem" }],
  }),
  proxmox: proxmoxMap.optional().meta({
    description: "The Proxmox VE of provider proxmox",
    examples: [{ server: "pve.example.com", ca_file: "pve-root-ca.pem" }],
  }),
  libvirt: libvirt.optional().meta({
    description: "The hypervisors of provider libvirt",
    examples: [{ hypervisors: ["root@kvm1", "root@kvm2"] }],
  }),
}, mapping);

/** What a `placement` map holds after defaults. */
export type PlacementMap = z.output<typeof placementSchema>;

/** Keys directly in `placement`. */
export const PLACEMENT_KEYS: readonly string[] = Object.keys(placementSchema.shape);

/** Keys by the path of the map that holds them, for suggestions; `groups` are those of a map. */
export function keysWith(groups: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  return new Map([
    ["", PLACEMENT_KEYS],
    ["vsphere", Object.keys(vsphere.shape)],
    ["vsphere.user", SECRET_KEYS],
    ["vsphere.password", SECRET_KEYS],
    ["proxmox", PROXMOX_KEYS],
    ["proxmox.api_token", SECRET_KEYS],
    ["libvirt", Object.keys(libvirt.shape)],
    ...[...groups].map((name) => [`groups.${name}`, Object.keys(group.shape)] as const),
  ]);
}
