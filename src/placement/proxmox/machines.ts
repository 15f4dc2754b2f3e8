/**
 * Machines and containers of a cluster, found by their names or numbers. Pure.
 * @module
 */
import { didYouMean } from "../../diagnostics.ts";
import { foundOf, PlacementError } from "../errors.ts";
import type { Machines } from "./answers.ts";

/** A machine or a container. */
export interface Machine {
  /** What it was asked for by. */
  readonly asked: string;
  /** What HA knows it by: `vm:100`, `ct:101`. */
  readonly sid: string;
  /** The node it runs on; unset: it is off. */
  readonly node?: string;
}

/**
 * The machines of these names, in their order; digits are the number of one, and templates are none.
 * @throws {PlacementError} for all that are not there, or there more than once
 */
export function find(names: readonly string[], machines: Machines): readonly Machine[] {
  const others = machines.flatMap(({ name = "" }) => names.includes(name) ? [] : name);
  return foundOf(names.map((name) => {
    const found = called(name, machines, others);
    return found instanceof PlacementError ? found.about(name) : found;
  }));
}

type One = Machines[number];

function called(
  name: string,
  machines: Machines,
  others: readonly string[],
): Machine | PlacementError {
  const all = machines.filter((one) => isCalled(one, name));
  const usable = all.filter(({ template }) => template !== true);
  const [only, second] = usable;
  if (only === undefined) return missing(name, all, others);
  if (second === undefined) return machineOf(name, only);
  const here = usable.map((one) => `${sidOf(one)} on ${one.node}`).join(", ");
  return new PlacementError(
    "ambiguous",
    `Cannot tell which machine ${name} is: there is ${here}`,
    `Write its number: proxmox_vm: ${only.vmid}`,
  );
}

/** Numbers are unique, names need not be; one of digits alone could be either, and is a number. */
function isCalled({ vmid, name }: One, wanted: string): boolean {
  return /^\d+$/.test(wanted) ? `${vmid}` === wanted : name === wanted;
}

function missing(
  name: string,
  templates: readonly One[],
  others: readonly string[],
): PlacementError {
  const meant = didYouMean(name, others);
  const why = templates.length > 0
    ? `${templates.map(sidOf).join(", ")} is a template`
    : meant === undefined
    ? "it may be one that the token may not see"
    : `did you mean ${meant}?`;
  return new PlacementError(
    "not-found",
    `Cannot find the machine ${name}; ${why}`,
    "Write its name or number as proxmox_vm; the token needs VM.Audit on it",
  );
}

function machineOf(asked: string, one: One): Machine {
  const sid = sidOf(one);
  // "unknown", as on a node that does not answer, is where it was last.
  return one.status === "stopped" ? { asked, sid } : { asked, sid, node: one.node };
}

function sidOf({ type, vmid }: One): string {
  return `${type === "lxc" ? "ct" : "vm"}:${vmid}`;
}
