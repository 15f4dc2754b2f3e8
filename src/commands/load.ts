/**
 * What every command begins with: the inventory, its problems shown, and the hosts selected.
 * @module
 */
import { formatDiagnostics } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import {
  type Credentials,
  ENDPOINT_SNIPPET,
  type Loaded as LoadedInventory,
  loadInventory,
  realSecrets,
  type SecretReader,
} from "../inventory/load.ts";
import { selectHosts } from "../inventory/select.ts";
import { entriesOf } from "../inventory/yaml/located.ts";
import type { Diagnostic, Endpoint, Host, PlacementSettings, Source } from "../model.ts";
import { parseExtraVars } from "./extra_vars.ts";
import type { Io } from "./io.ts";

/** Flags that decide what is loaded. */
export interface LoadFlags {
  /** Host pattern. */
  readonly limit?: string | undefined;
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
  /** Overrides `ansible_user`. */
  readonly user?: string | undefined;
  /** Overrides `ansible_become`. */
  readonly become?: boolean | undefined;
}

/** What a command works on. */
export interface Loaded {
  /** Endpoints with at least one selected member. */
  readonly endpoints: readonly Endpoint[];
  /** Names of the selected hosts. */
  readonly selected: ReadonlySet<string>;
  /** What the user should know of the inventory; it was shown, in order of appearance. */
  readonly warnings: readonly Diagnostic[];
  /** Every `placement` of the inventory. */
  readonly placements: readonly PlacementSettings[];
  /** Every host of the inventory. */
  readonly hosts: readonly Host[];
  /** A host of the inventory by its name, whatever its groups. */
  hostNamed(name: string): Host | undefined;
  /** File name to its text, for excerpts; plain secrets are blotted out. */
  readonly sources: ReadonlyMap<string, string>;
  /** Where a value of an endpoint or of a host is written, or the map that would hold it. */
  readonly locate: LoadedInventory["locate"];
  /** The same, and nothing where the value itself was not written. */
  readonly written: LoadedInventory["written"];
  /** Where a host is written in the inventory. */
  placeOf(host: string): Source | undefined;
  /**
   * What connecting to hosts needs beside keys; its warnings are shown.
   * @throws {InputError} with everything that cannot be had
   */
  credentials(hosts: readonly Host[], wish: { readonly sudo: boolean }): Promise<Credentials>;
  /** Who asks the platform of a placement. @throws {InputError} with everything that cannot be had */
  readonly login: LoadedInventory["login"];
}

/**
 * Loads an inventory, shows its warnings and selects hosts.
 * @throws {InputError} with everything that is wrong
 */
export async function load(
  path: string,
  flags: LoadFlags,
  io: Pick<Io, "err">,
  secrets?: SecretReader,
): Promise<Loaded> {
  // -u and -b are variables like any other: the inventory's grammar checks them.
  const given = await parseExtraVars(flags.extraVars ?? []);
  const shorthands = entriesOf({
    ...(flags.user === undefined ? {} : { ansible_user: flags.user }),
    ...(flags.become === true ? { ansible_become: true } : {}),
  });
  const { inventory, warnings, sources, locate, written, credentials, login } = await loadInventory(
    path,
    {
      ...given,
      extraVars: new Map([...given.extraVars, ...shorthands]),
      // Who needs no secret of the endpoint still has to get into its hosts.
      ...(secrets === undefined ? {} : { secrets, loginSecrets: realSecrets }),
    },
  );
  const warn = (found: readonly Diagnostic[]) => {
    if (found.length > 0) io.err(`${formatDiagnostics(found, sources)}\n`);
  };
  warn(warnings);
  if (inventory.endpoints.length === 0) {
    throw new InputError([{
      severity: "error",
      code: "no-endpoint",
      message:
        `Cannot use "${path}": no group has an "endpoint" map. Add one to the group of load balancers:\n\n${ENDPOINT_SNIPPET}`,
    }]);
  }
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const selected = new Set(await selectHosts(inventory, flags.limit ?? "all"));
  const endpoints = inventory.endpoints
    .filter(({ members, leaving = [] }) =>
      [...members, ...leaving].some(({ host }) => selected.has(host.name))
    );
  if (endpoints.length === 0) {
    const names = inventory.endpoints.flatMap(({ members, leaving = [] }) =>
      [...members, ...leaving].map(({ host }) => host.name)
    );
    throw new InputError([{
      severity: "error",
      code: "nothing-selected",
      message: `Cannot run on "${flags.limit}": it selects no load balancer`,
      hint: `load balancers are ${names.join(", ")}`,
    }]);
  }
  return {
    endpoints,
    selected,
    warnings,
    placements: inventory.placements,
    hosts: inventory.hosts,
    hostNamed: (name) => hosts.get(name),
    sources,
    locate,
    written,
    login,
    placeOf: (host) => locate({ host }, []),
    credentials: async (hosts, wish) => {
      const found = await credentials(hosts, wish);
      warn(found.warnings);
      return found;
    },
  };
}
