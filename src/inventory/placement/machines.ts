/**
 * What hosts say of their machines: `failure_domain`, `vsphere_vm`, `proxmox_vm` and
 * `libvirt_domain`, of those whose placement is asked for.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { PlacementSettings } from "../../model.ts";
import { errorAt, type Report } from "../problems.ts";
import type { Resolved, ResolvedHost } from "../resolve.ts";
import { describe } from "../yaml/located.ts";
import { unusable } from "../yaml/usable.ts";

/** What checking needs. */
export interface MachinesOptions {
  /** Groups and variables. */
  readonly resolved: Resolved;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Reports what of a host cannot be the name of a failure domain, or of a machine. */
export function checkMachines(
  name: string,
  provider: PlacementSettings["provider"],
  { resolved, report }: MachinesOptions,
): void {
  const host = resolved.hosts.get(name);
  if (host === undefined) return;
  const domains = "a name, such as that of its hypervisor, its rack or its power feed";
  checkName(host, "failure_domain", domains, true, report);
  if (provider === "vsphere") {
    checkName(host, "vsphere_vm", "the name of its virtual machine", false, report);
  }
  if (provider === "proxmox") {
    checkName(host, "proxmox_vm", "the name or number of its machine or container", true, report);
  }
  if (provider === "libvirt") {
    checkName(host, "libvirt_domain", "the name of its domain", false, report);
  }
}

function checkName(
  host: ResolvedHost,
  key: string,
  expected: string,
  numbers: boolean,
  report: Report,
): void {
  const node = host.merged.get(key)?.node;
  if (node === undefined) return;
  const label = `${quote(key)} of host ${quote(host.name)}`;
  const problem = unusable(node, label);
  if (problem !== undefined) return report(problem);
  const { value } = node;
  const isName = typeof value === "string" && value.trim() !== "" && !/\p{Cc}/u.test(value);
  if (isName || (numbers && typeof value === "number" && Number.isFinite(value))) return;
  const message = `Cannot use ${label}: found ${describe(node)}, expected ${expected}`;
  report(errorAt(node.source, "wrong-value", message));
}
