/**
 * What every word of `placement` begins and ends with: the inventory, its problems shown, and the
 * exit code of what cannot be used or asked.
 * @module
 */
import { setColorEnabled } from "@std/fmt/colors";
import { formatDiagnostics } from "../../diagnostics.ts";
import { EXIT, InputError } from "../../errors.ts";
import { loadInventory, noSecrets, realSecrets, type SecretReader } from "../../inventory/load.ts";
import { formatInputError } from "../../inventory/problems.ts";
import type { Diagnostic, PlacementSettings } from "../../model.ts";
import { parseExtraVars } from "../extra_vars.ts";
import type { Io } from "../io.ts";
import { colorWanted } from "../screen.ts";
import { maskedIo } from "./masked.ts";
import { ObstacleError } from "./obstacles.ts";
import type { Site } from "./subject.ts";

/** Flags of every word. */
export interface OpenFlags {
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
  /** Data instead of text. */
  readonly json?: boolean | undefined;
  /** Show what is different in every rule. */
  readonly diff?: boolean | undefined;
}

/** Placements of an inventory, and where what is found goes. */
export interface Opened {
  /** One or more. */
  readonly placements: readonly PlacementSettings[];
  /** What of the inventory they are about. */
  readonly site: Site;
  /** Prints; no password of a platform comes through. */
  readonly io: Io;
  /** Shows what is wrong, with the lines of the inventory. */
  say(all: readonly Diagnostic[]): void;
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

/** What a word is called with. */
export interface Word {
  /** Does it, and gives the exit code. Whoever prints a document throws no more. */
  work(opened: Opened): Promise<number>;
  /** Its document where it could not be done. */
  failed(errors: readonly Diagnostic[]): string;
}

/**
 * Does what a word says with the placements of an inventory, and gives the exit code. Of what comes
 * in the way there is a document, too.
 */
export async function withPlacements(
  path: string,
  flags: OpenFlags,
  io: Io,
  { work, failed }: Word,
  secrets: SecretReader = realSecrets,
): Promise<number> {
  setColorEnabled(colorWanted(Deno.stdout.isTerminal()));
  const masked = maskedIo(io);
  try {
    const given = await parseExtraVars(flags.extraVars ?? []);
    const read = { ...given, secrets: noSecrets, loginSecrets: secrets };
    const { inventory, warnings, sources, locate, login } = await loadInventory(path, read);
    const say = (all: readonly Diagnostic[]) => {
      if (all.length > 0) masked.io.err(`${formatDiagnostics(all, sources)}\n`);
    };
    say(warnings);
    const { hosts, placements } = inventory;
    if (placements.length === 0) throw noPlacement(`check "${path}"`);
    const site = { hosts, locate, sources, login: masked.hiding(login) };
    return await work({ placements, site, io: masked.io, say });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (flags.json === true) masked.io.out(failed(error.diagnostics));
    masked.io.err(`${formatInputError(error)}\n`);
    return error instanceof ObstacleError ? error.code : EXIT.usage;
  }
}

/** Something that cannot be done with an inventory that has no placement. */
export function noPlacement(wanted: string): InputError {
  const message = `Cannot ${wanted}: no group has a "placement" map. Add one to all:\n\n${SNIPPET}`;
  return new InputError([{ severity: "error", code: "no-placement", message }]);
}
