/**
 * `placement check`: which members of a group share a physical host or a failure domain. Reads, and
 * writes nothing anywhere.
 * @module
 */
import { setColorEnabled } from "@std/fmt/colors";
import { formatDiagnostics } from "../../diagnostics.ts";
import { EXIT, InputError } from "../../errors.ts";
import { type Loaded, loadInventory, noSecrets } from "../../inventory/load.ts";
import { formatInputError, InventoryError } from "../../inventory/problems.ts";
import type { Diagnostic, PlacementSettings } from "../../model.ts";
import type { PlacementPlan } from "../../placement/plan_model.ts";
import { parseExtraVars } from "../extra_vars.ts";
import type { Io } from "../io.ts";
import { colorWanted } from "../screen.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { placementJson } from "./json.ts";
import { planned } from "./subject.ts";
import { placementText, type Planned } from "./text.ts";

/** Flags of `placement check`. */
export interface PlacementFlags {
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
  /** Data instead of text. */
  readonly json?: boolean | undefined;
}

/** What to add to an inventory without a placement. */
const SNIPPET = `all:
  vars:
    placement:
      groups:
        load_balancers: { policy: anti_affinity }   # no two in one failure_domain
        masters: { policy: anti_affinity }
        workers: { policy: spread }                 # as evenly as can be
`;

/** Shows where the members of every placement's groups are, and gives the exit code. */
export async function checkPlacement(
  path: string,
  flags: PlacementFlags,
  io: Io,
): Promise<number> {
  setColorEnabled(colorWanted(Deno.stdout.isTerminal()));
  try {
    const given = await parseExtraVars(flags.extraVars ?? []);
    const loaded = await loadInventory(path, { ...given, secrets: noSecrets });
    const { inventory: { placements }, sources, warnings } = loaded;
    say(warnings, sources, io);
    if (placements.length === 0) throw noPlacement(path);
    const all: Planned[] = [];
    for (const settings of placements) all.push(await look(settings, loaded));
    io.out(flags.json === true ? placementJson(all) : placementText(all));
    say(all.flatMap((it) => diagnosticsOf(it, loaded.locate)), sources, io);
    return exitCode(all.map((it) => it.plan));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err(`${formatInputError(error)}\n`);
    return EXIT.usage;
  }
}

async function look(settings: PlacementSettings, loaded: Loaded): Promise<Planned> {
  const { inventory: { hosts }, locate, sources } = loaded;
  try {
    return await planned(settings, { hosts, locate });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InventoryError(error.diagnostics, sources);
  }
}

/**
 * The exit code that plans mean. One that cannot be carried out is a mistake of the inventory, and
 * that comes before what is not as wished.
 */
export function exitCode(plans: readonly PlacementPlan[]): number {
  if (plans.some(({ errors }) => errors.length > 0)) return EXIT.usage;
  const wishes = plans.flatMap(({ violations, changes }) => [...violations, ...changes]);
  return wishes.length > 0 ? EXIT.changes : EXIT.ok;
}

function say(all: readonly Diagnostic[], sources: ReadonlyMap<string, string>, io: Io): void {
  if (all.length > 0) io.err(`${formatDiagnostics(all, sources)}\n`);
}

function noPlacement(path: string): InputError {
  const message = `Cannot check "${path}": no group has a "placement" map. Add one to all:\n\n` +
    SNIPPET;
  return new InputError([{ severity: "error", code: "no-placement", message }]);
}
