/**
 * What a run says of placements before it contacts a host. What the inventory declares is always
 * looked at; a platform is asked where the placement is required, or where who asks it is known.
 * @module
 */
import { formatDiagnostics, quote } from "../../diagnostics.ts";
import { InputError } from "../../errors.ts";
import { loginPlaces } from "../../inventory/placement/login.ts";
import { InventoryError, warningAt } from "../../inventory/problems.ts";
import { isUnset } from "../../inventory/secret_source.ts";
import type { Diagnostic, PlacementSettings } from "../../model.ts";
import type { Io } from "../io.ts";
import type { Loaded } from "../load.ts";
import { unknownAt, violationsAt } from "./diagnostics.ts";
import { planned, type Site } from "./subject.ts";
import type { Planned } from "./text.ts";

/**
 * Says who shares a physical host or a failure domain, and of whom that is not known, for every
 * placement with a host that is selected, and gives it.
 * @throws {InputError} where a placement is required and is not known to hold
 */
export async function placementsBefore(
  { placements, selected, ...site }: Site & Pick<Loaded, "placements" | "selected">,
  io: Pick<Io, "err">,
): Promise<readonly Diagnostic[]> {
  const { sources } = site;
  const found: Diagnostic[] = [];
  for (const settings of placements) {
    const concerned = settings.groups.some((group) => group.hosts.some((it) => selected.has(it)));
    if (concerned) found.push(...await wrongWith(settings, site));
  }
  if (found.some(({ severity }) => severity === "error")) throw new InventoryError(found, sources);
  if (found.length > 0) io.err(`${formatDiagnostics(found, sources)}\n`);
  return found;
}

async function wrongWith(settings: PlacementSettings, site: Site): Promise<Diagnostic[]> {
  if (settings.required) return asErrors(wrongIn(await planned(settings, site), site));
  if (!mayBeAsked(settings)) return [];
  try {
    return asWarnings(wrongIn(await planned(settings, site), site));
  } catch (error) {
    // Nobody has asked for it: what is in the way is no reason to stop.
    if (error instanceof InputError) return asWarnings(notLooked(error, settings, site));
    throw error;
  }
}

/** Why nobody has looked; a variable that is not set is none: it says that nobody shall. */
function notLooked(
  { diagnostics }: InputError,
  { name, provider }: PlacementSettings,
  { locate }: Site,
): Diagnostic[] {
  const why = diagnostics.filter((it) => !isUnset(it));
  if (why.length === 0) return [];
  const source = locate({ placement: name }, ["provider"]);
  const message = `Placement of group ${quote(name)} was not looked at: provider ${provider} ` +
    "could not be asked where its machines are";
  return [...why, warningAt(source, "placement-unseen", message)];
}

/** What is not as it should be, and what may not be. */
function wrongIn(planned: Planned, { locate }: Site): Diagnostic[] {
  return [...violationsAt(planned, locate), ...unknownAt(planned, locate)];
}

/** Whether it may be asked without starting a program. */
function mayBeAsked(settings: PlacementSettings): boolean {
  if (settings.libvirt !== undefined) return false;
  return !loginPlaces(settings).some((it) => typeof it === "object" && "command" in it);
}

function asWarnings(all: readonly Diagnostic[]): Diagnostic[] {
  return all.map((it): Diagnostic => ({ ...it, severity: "warning" }));
}

/** Of what is required nothing may be left open. */
function asErrors(all: readonly Diagnostic[]): Diagnostic[] {
  return all.map((it): Diagnostic => ({
    // Where a machine runs is not declared: it has to run.
    ...(it.code === "place-unknown" && { hint: "start it, or required: false" }),
    ...it,
    severity: "error",
  }));
}
