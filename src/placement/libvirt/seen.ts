/**
 * Where machines are, from what every hypervisor answered. Pure.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import { foundOf, PlacementError } from "../errors.ts";
import type { Placement, Seen } from "../model.ts";
import { listText } from "../words.ts";
import type { Domain } from "./answers.ts";

/** What one hypervisor answered. */
export interface Answered {
  /** Its name. */
  readonly hypervisor: string;
  /** Its domains. */
  readonly domains: readonly Domain[];
}

/** All hypervisors are one pool, in which no scheduler places anything. */
const POOL = "libvirt";

/**
 * Joins names of machines with what was answered. One that is off has no host, wherever it is
 * defined; one that runs is where it runs, whatever is left of it elsewhere.
 *
 * @throws {PlacementError} for machines that are nowhere, or run at two places, all of them at once
 */
export function seenBy(answers: readonly Answered[], vms: readonly string[]): Seen {
  const placements = foundOf(vms.map((vm) => {
    const place = placeOf(vm, answers);
    return place instanceof PlacementError ? place.about(vm) : place;
  }));
  return {
    placements,
    pools: [{
      name: POOL,
      usableHosts: [...new Set(answers.map(({ hypervisor }) => hypervisor))],
      enforcing: "off",
    }],
    rules: [],
  };
}

function placeOf(vm: string, answers: readonly Answered[]): Placement | PlacementError {
  const found = answers.flatMap(({ hypervisor, domains }) =>
    domains.filter(({ name }) => name === vm).map((domain) => ({ hypervisor, domain }))
  );
  if (found.length === 0) return notFound(vm, answers);
  const running = found.filter(({ domain }) => domain.active);
  const [only, other] = running;
  // A name is unique on its hypervisor, and what is running is known by its name alone.
  const known = { vm, id: vm, pool: POOL };
  if (other === undefined) return only === undefined ? known : { ...known, host: only.hypervisor };
  const names = listText(running.map(({ hypervisor }) => hypervisor));
  const same = new Set(running.map(({ domain }) => domain.uuid)).size === 1;
  return new PlacementError(
    "ambiguous",
    `Cannot tell where machine ${quote(vm)} is: ` +
      (same ? `it is on ${names} at once` : `there are different ones on ${names}`),
    same
      ? "While it is being migrated, wait and run it again; else two names are one hypervisor"
      : "Rename one of them, and write its name as libvirt_domain of its host",
  );
}

function notFound(vm: string, answers: readonly Answered[]): PlacementError {
  const names = answers.flatMap(({ domains }) => domains.map(({ name }) => name));
  const near = didYouMean(vm, names);
  const all = [...new Set(names)].sort();
  const there = near !== undefined
    ? `did you mean ${quote(near)}?`
    : all.length === 0
    ? "they have no machines"
    : `there is ${listText(all)}`;
  const where = listText(answers.map(({ hypervisor }) => hypervisor));
  return new PlacementError(
    "not-found",
    `Cannot find machine ${quote(vm)} on ${where}; ${there}`,
    "libvirt_domain: NAME, that of its domain in virsh list --all",
  );
}
