/**
 * What is in the way of asking a platform, as problems of the inventory, and the exit code that it
 * means. Text only.
 * @module
 */
import { EXIT } from "../../errors.ts";
import { InventoryError, type Loaded } from "../../inventory/load.ts";
import type { Diagnostic, Host, PlacementSettings, Source } from "../../model.ts";
import { PlacementError, PlacementErrors, type PlacementObstacle } from "../../placement/errors.ts";

import { machineName, NAMED_BY } from "./machine_name.ts";

/** What an obstacle means for scripts; every other one is a failure. */
const CODES: Readonly<Partial<Record<PlacementObstacle, number>>> = {
  setting: EXIT.usage,
  "not-found": EXIT.usage,
  ambiguous: EXIT.usage,
  unreachable: EXIT.unreachable,
  conflict: EXIT.stale,
};

/** Where things are written. */
type Places = Pick<Loaded, "locate" | "sources"> & { readonly hosts: readonly Host[] };

/** A platform cannot be asked or changed. */
export class ObstacleError extends InventoryError {
  /** The exit code that it means. */
  readonly code: number;

  /** Says so where the machine, or else the platform, is written in the inventory. */
  constructor(error: PlacementError, settings: PlacementSettings, site: Places) {
    const all = error instanceof PlacementErrors ? error.all : [error];
    super(saidOnce(all.flatMap((one) => diagnosticsOf(one, settings, site))), site.sources);
    this.name = "ObstacleError";
    this.code = CODES[error.obstacle] ?? EXIT.failed;
  }
}

/**
 * Does some work with a platform.
 * @throws {ObstacleError} when the platform cannot be asked or changed
 */
export async function overObstacles<T>(
  settings: PlacementSettings,
  site: Places,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PlacementError ? new ObstacleError(error, settings, site) : error;
  }
}

/** What to do about several of a kind is said behind the last of them. */
function saidOnce(all: readonly Diagnostic[]): Diagnostic[] {
  return all.map(({ hint, ...said }, i) =>
    hint === undefined || hint === all[i + 1]?.hint ? said : { ...said, hint }
  );
}

/** Several problems are one each. */
function diagnosticsOf(
  error: PlacementError,
  settings: PlacementSettings,
  site: Places,
): Diagnostic[] {
  const { obstacle, message, hint } = error;
  const source = placeOf(error, settings, site);
  const lines = message.split("\n");
  return lines.map((line, i): Diagnostic => ({
    severity: "error",
    code: `platform-${obstacle}`,
    message: line,
    ...(source !== undefined && { source }),
    ...(hint !== undefined && i === lines.length - 1 && { hint }),
  }));
}

function placeOf(
  { obstacle, path, vm }: PlacementError,
  { name, provider, groups }: PlacementSettings,
  { locate, hosts }: Places,
): Source | undefined {
  const placed = new Set(groups.flatMap(({ hosts }) => hosts));
  const host = vm === undefined
    ? undefined
    : hosts.find((host) => placed.has(host.name) && machineName(host, provider) === vm);
  if (host !== undefined) {
    const variable = NAMED_BY[provider];
    const named = variable !== undefined && host.vars[variable] !== undefined;
    return locate({ host: host.name }, named ? [variable] : []);
  }
  const key = provider === "libvirt"
    ? [provider, "hypervisors"]
    : obstacle === "login"
    ? [provider]
    : [provider, "server"];
  return locate({ placement: name }, path ?? key);
}
