/**
 * What is in the way of asking a platform, as problems of the inventory, and the exit code that it
 * means. Text only.
 * @module
 */
import { EXIT } from "../../errors.ts";
import { InventoryError, type Loaded } from "../../inventory/load.ts";
import type { Diagnostic, PlacementSettings } from "../../model.ts";
import { PlacementError, PlacementErrors, type PlacementObstacle } from "../../placement/errors.ts";

/** What an obstacle means for scripts; every other one is a failure. */
const CODES: Readonly<Partial<Record<PlacementObstacle, number>>> = {
  setting: EXIT.usage,
  "not-found": EXIT.usage,
  ambiguous: EXIT.usage,
  unreachable: EXIT.unreachable,
  conflict: EXIT.stale,
};

/** A platform cannot be asked or changed. */
export class ObstacleError extends InventoryError {
  /** The exit code that it means. */
  readonly code: number;

  /** Says so at the platform's place in the inventory. */
  constructor(
    error: PlacementError,
    settings: PlacementSettings,
    { locate, sources }: Pick<Loaded, "locate" | "sources">,
  ) {
    const all = error instanceof PlacementErrors ? error.all : [error];
    super(all.flatMap((one) => diagnosticsOf(one, settings, locate)), sources);
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
  site: Pick<Loaded, "locate" | "sources">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PlacementError ? new ObstacleError(error, settings, site) : error;
  }
}

/** Several problems are one each. */
function diagnosticsOf(
  { obstacle, message, hint, path }: PlacementError,
  { name, provider }: PlacementSettings,
  locate: Loaded["locate"],
): Diagnostic[] {
  const key = provider === "libvirt"
    ? [provider, "hypervisors"]
    : obstacle === "login"
    ? [provider]
    : [provider, "server"];
  const source = locate({ placement: name }, path ?? key);
  const lines = message.split("\n");
  return lines.map((line, i): Diagnostic => ({
    severity: "error",
    code: `platform-${obstacle}`,
    message: line,
    ...(source !== undefined && { source }),
    ...(hint !== undefined && i === lines.length - 1 && { hint }),
  }));
}
