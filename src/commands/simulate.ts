/**
 * `simulate`: what every single and every double loss leaves of an endpoint. Contacts nothing and
 * reads no secret.
 * @module
 */
import { setColorEnabled } from "@std/fmt/colors";
import { formatDiagnostics, quote } from "../diagnostics.ts";
import { EXIT, InputError, TaskError } from "../errors.ts";
import { noSecrets } from "../inventory/load.ts";
import { errorAt, formatInputError, InventoryError } from "../inventory/problems.ts";
import type { Diagnostic } from "../model.ts";
import { fallsToOne, simulate, type Simulation } from "../simulate/simulate.ts";
import { domainOf, type FindHosts, hostFinder, machinesOf } from "../simulate/site.ts";
import { type Places, warningsOf } from "../simulate/warnings.ts";
import type { Io } from "./io.ts";
import { load, type Loaded, type LoadFlags } from "./load.ts";
import { colorWanted, terminalSize } from "./screen.ts";
import { simulationJson } from "./simulate/json.ts";
import { simulationText } from "./simulate/text.ts";

/** Flags of `simulate`. */
export interface SimulateFlags extends LoadFlags {
  /** etcd does not run beside the API servers. */
  readonly externalEtcd?: boolean | undefined;
  /** A single loss that takes an endpoint down ends with 2. */
  readonly strict?: boolean | undefined;
  /** Data instead of a table. */
  readonly json?: boolean | undefined;
}

/** Shows what the endpoints of an inventory outlive, and gives the exit code. */
export async function simulateInventory(
  path: string,
  flags: SimulateFlags,
  io: Io,
): Promise<number> {
  const terminal = Deno.stdout.isTerminal();
  setColorEnabled(colorWanted(terminal));
  try {
    const loaded = await load(path, flags, io, noSecrets);
    const find = hostFinder(loaded.hosts);
    refuseDomains(loaded, find);
    // Where the whole endpoint shall go there is nothing to lose.
    const carried = loaded.endpoints.filter(({ members }) => members.length > 0);
    const { externalEtcd = false } = flags;
    const found = carried.flatMap((it) => simulate(it, find, { externalEtcd }));
    show(found, loaded, flags, io, terminal ? terminalSize().columns : 80);
    return flags.strict === true && found.some(fallsToOne) ? EXIT.changes : EXIT.ok;
  } catch (error) {
    if (error instanceof InputError) io.err(`${formatInputError(error)}\n`);
    else if (error instanceof TaskError) io.err(`${error.message}\n`);
    else throw error;
    return EXIT.usage;
  }
}

function show(
  found: readonly Simulation[],
  loaded: Loaded,
  { json = false }: SimulateFlags,
  io: Io,
  columns: number,
): void {
  const places = placesOf(loaded);
  const warnings = found.map((it) => warningsOf(it, places));
  if (json) io.out(simulationJson(found.map((it, i) => [it, warnings[i] ?? []] as const)));
  else io.out(found.map((it) => simulationText(it, columns)).join("\n"));
  const all: readonly Diagnostic[] = warnings.flat();
  if (all.length > 0) io.err(`${json ? "" : "\n"}${formatDiagnostics(all, loaded.sources)}\n`);
}

function placesOf({ locate, endpoints }: Loaded): Places {
  return {
    backends: (endpoint, service) => {
      const { also = [] } = endpoints.find(({ name }) => name === endpoint) ?? {};
      const index = also.findIndex(({ name }) => name === service);
      return locate({ endpoint }, index < 0 ? ["backends"] : ["also", index, "backends"]);
    },
    host: (host) => locate({ host }, []),
    domain: (host) => locate({ host }, ["failure_domain"]),
  };
}

/** @throws {InputError} where a failure domain of a machine is no name */
function refuseDomains({ endpoints, locate, sources }: Loaded, find: FindHosts): void {
  const machines = new Set(endpoints.flatMap((it) => machinesOf(it, find)));
  const wrong = [...machines].filter((host) =>
    Object.hasOwn(host.vars, "failure_domain") && domainOf(host) === undefined
  );
  if (wrong.length === 0) return;
  throw new InventoryError(
    wrong.map((host) => {
      const message = `Cannot use "failure_domain" of host ${quote(host.name)}: expected a name, ` +
        "such as that of its hypervisor, its rack or its power feed";
      return errorAt(locate({ host: host.name }, ["failure_domain"]), "failure-domain", message);
    }),
    sources,
  );
}
