/**
 * What a run says of placements before it contacts a host. What the inventory declares is always
 * looked at; a platform is asked only where the placement is required.
 * @module
 */
import { formatDiagnostics } from "../../diagnostics.ts";
import { InventoryError } from "../../inventory/problems.ts";
import type { Diagnostic } from "../../model.ts";
import type { Io } from "../io.ts";
import type { Loaded } from "../load.ts";
import { violationsAt } from "./diagnostics.ts";
import { planned } from "./subject.ts";

/**
 * Says who shares a failure domain, for every placement with a host that is selected, and gives it.
 * @throws {InputError} where a placement is required and does not hold, or cannot be looked at
 */
export async function placementsBefore(
  { placements, selected, ...site }: Pick<
    Loaded,
    "placements" | "selected" | "hosts" | "locate" | "login" | "sources"
  >,
  io: Pick<Io, "err">,
): Promise<readonly Diagnostic[]> {
  const { locate, sources } = site;
  const found: Diagnostic[] = [];
  for (const settings of placements) {
    const concerned = settings.groups.some((group) => group.hosts.some((it) => selected.has(it)));
    if (!concerned || (settings.provider !== "inventory" && !settings.required)) continue;
    const severity = settings.required ? "error" : "warning";
    const all = violationsAt(await planned(settings, site), locate);
    found.push(...all.map((it): Diagnostic => ({ ...it, severity })));
  }
  if (found.some(({ severity }) => severity === "error")) throw new InventoryError(found, sources);
  if (found.length > 0) io.err(`${formatDiagnostics(found, sources)}\n`);
  return found;
}
