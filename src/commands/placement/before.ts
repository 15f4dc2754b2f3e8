/**
 * What a run says of placements before it contacts a host. What the inventory declares is always
 * looked at; a platform is asked where the placement is required, or where who asks it is known.
 * @module
 */
import { formatDiagnostics } from "../../diagnostics.ts";
import { InputError } from "../../errors.ts";
import { loginPlaces } from "../../inventory/placement/login.ts";
import { InventoryError } from "../../inventory/problems.ts";
import type { Diagnostic, PlacementSettings } from "../../model.ts";
import type { Io } from "../io.ts";
import type { Loaded } from "../load.ts";
import { unknownAt, violationsAt } from "./diagnostics.ts";
import { ObstacleError } from "./obstacles.ts";
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
  if (!await mayBeAsked(settings, site)) return [];
  try {
    return asWarnings(wrongIn(await planned(settings, site), site));
  } catch (error) {
    // Nobody has asked for it: what is in the way is no reason to stop.
    if (error instanceof ObstacleError) return asWarnings(error.diagnostics);
    throw error;
  }
}

/** What is not as it should be, and what may not be. */
function wrongIn(planned: Planned, { locate }: Site): Diagnostic[] {
  return [...violationsAt(planned, locate), ...unknownAt(planned, locate)];
}

/** Whether it is known who asks; no program is started to find that out. */
async function mayBeAsked(
  settings: PlacementSettings,
  { login }: Site,
): Promise<boolean> {
  if (settings.libvirt !== undefined) return false;
  const places = loginPlaces(settings);
  if (places.length === 0) return true;
  if (places.some((place) => typeof place === "object" && "command" in place)) return false;
  try {
    await login(settings.name);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
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
