/**
 * What the platform of a placement calls the machine of a host.
 * @module
 */
import type { Host, PlacementSettings } from "../../model.ts";

type Provider = PlacementSettings["provider"];

/** The variable of a host that says what its machine is called. */
export const NAMED_BY: Readonly<Partial<Record<Provider, string>>> = {
  vsphere: "vsphere_vm",
  libvirt: "libvirt_domain",
  proxmox: "proxmox_vm",
};

/** The name of a host's machine: what its variable says, else that of the host. */
export function machineName(host: Host, provider: Provider): string {
  const variable = NAMED_BY[provider];
  const named = variable === undefined ? undefined : host.vars[variable];
  return typeof named === "string" || typeof named === "number" ? `${named}` : host.name;
}
