/**
 * `simulate`: what every single and every double loss leaves of an endpoint. Contacts no host; a
 * platform is asked where machines run with `--placement`, and nobody else without it.
 * @module
 */
import { setColorEnabled } from "@std/fmt/colors";
import { formatDiagnostics, quote } from "../diagnostics.ts";
import { EXIT, InputError, TaskError } from "../errors.ts";
import { noSecrets } from "../inventory/load.ts";
import { errorAt, formatInputError, InventoryError } from "../inventory/problems.ts";
import type { Diagnostic, Endpoint } from "../model.ts";
import { fallsToOne, simulate, type Simulation } from "../simulate/simulate.ts";
import { domainOf } from "../simulate/domains.ts";
import { type FindHosts, hostFinder, machinesOf } from "../simulate/site.ts";
import { type Places, warnedLosses, warningsOf } from "../simulate/warnings.ts";
import type { Io } from "./io.ts";
import { load, type Loaded, type LoadFlags } from "./load.ts";
import { maskedIo } from "./placement/masked.ts";
import { ObstacleError } from "./placement/obstacles.ts";
import { colorWanted, terminalSize } from "./screen.ts";
import { simulationJson } from "./simulate/json.ts";
import {
  type Answer,
  answersOf,
  placementWarnings,
  type Question,
  runsOnOf,
} from "./simulate/placements.ts";
import { simulationText } from "./simulate/text.ts";

/** Flags of `simulate`. */
export interface SimulateFlags extends LoadFlags {
  /** etcd does not run beside the API servers. */
  readonly externalEtcd?: boolean | undefined;
  /** A single loss that takes an endpoint down ends with 2. */
  readonly strict?: boolean | undefined;
  /** Data instead of a table. */
  readonly json?: boolean | undefined;
  /** Ask the platforms of placements where machines run. */
  readonly placement?: boolean | undefined;
}

/** Shows what the endpoints of an inventory outlive, and gives the exit code. */
export async function simulateInventory(
  path: string,
  flags: SimulateFlags,
  io: Io,
): Promise<number> {
  const terminal = Deno.stdout.isTerminal();
  setColorEnabled(colorWanted(terminal));
  const { io: masked, hiding } = maskedIo(io);
  try {
    const loaded = await load(path, flags, masked, noSecrets);
    const find = hostFinder(loaded.hosts);
    refuseDomains(loaded, find);
    // Where the whole endpoint shall go there is nothing to lose.
    const carried = loaded.endpoints.filter(({ members }) => members.length > 0);
    const { externalEtcd = false, placement: ask = false } = flags;
    const { placements, hosts, locate, sources, login } = loaded;
    const site = { hosts, locate, sources, login: hiding(login) };
    const machines = namesOf(carried, find);
    const question = { path, placements, site, machines, ask };
    const answers = await answersOf(question);
    const runsOn = runsOnOf(answers);
    const found = carried.flatMap((it) => simulate(it, find, { externalEtcd, runsOn }));
    const columns = terminal ? terminalSize().columns : 80;
    show({ found, loaded, answers, question, json: flags.json === true }, masked, columns);
    return flags.strict === true && found.some(fallsToOne) ? EXIT.changes : EXIT.ok;
  } catch (error) {
    if (error instanceof InputError) masked.err(`${formatInputError(error)}\n`);
    else if (error instanceof TaskError) masked.err(`${error.message}\n`);
    else throw error;
    return error instanceof ObstacleError ? error.code : EXIT.usage;
  }
}

/** Everything that is shown. */
interface Shown {
  readonly found: readonly Simulation[];
  readonly loaded: Loaded;
  readonly answers: readonly Answer[];
  readonly question: Question;
  readonly json: boolean;
}

function show({ found, loaded, answers, question, json }: Shown, io: Io, columns: number): void {
  const places = placesOf(loaded);
  const warnings = found.map((it) => warningsOf(it, places));
  const named = found.flatMap(warnedLosses);
  const said = answers.map((it) => [it, placementWarnings(it, question, named)] as const);
  if (json) io.out(simulationJson(found.map((it, i) => [it, warnings[i] ?? []] as const), said));
  else io.out(found.map((it) => simulationText(it, columns, answers)).join("\n"));
  const all: readonly Diagnostic[] = [...warnings.flat(), ...said.flatMap(([, its]) => its)];
  if (all.length > 0) io.err(`${json ? "" : "\n"}${formatDiagnostics(all, loaded.sources)}\n`);
}

/** Names of all hosts that endpoints stand on. */
function namesOf(endpoints: readonly Endpoint[], find: FindHosts): ReadonlySet<string> {
  return new Set(endpoints.flatMap((it) => machinesOf(it, find)).map(({ name }) => name));
}

function placesOf({ locate, endpoints }: Loaded): Places {
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  return {
    backends: (endpoint, service) => {
      const { also = [] } = byName.get(endpoint) ?? {};
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
