/**
 * Reads an inventory: the file, group_vars/ and host_vars/ beside it, and what its endpoints name.
 * @module
 */
import { quote } from "../diagnostics.ts";
import type { Diagnostic, Host, Inventory, Secret, Source, Vars } from "../model.ts";
import { secret } from "../secret.ts";
import { connectionOf } from "./connection/connection.ts";
import { credentialsOf, PASSWORDS, sudoVariables } from "./connection/credentials.ts";
import { endpointsOf, type PlacedEndpoint } from "./endpoint/endpoint.ts";
import { loginOf, loginVariables, type PlacementLogin } from "./placement/login.ts";
import { type PlacedPlacement, placementsOf } from "./placement/placement.ts";
import { maskPasswords, maskValues } from "./mask.ts";
import { errorAt, InventoryError, type Report, tidy, warningAt } from "./problems.ts";
import { diskFiles, once, readOnce, type SecretReader } from "./read.ts";
import { realSecrets } from "./real_secrets.ts";
import type { Resolved, ResolvedHost } from "./resolve.ts";
import { warnOfSlips } from "./slips.ts";
import { type Survey, survey, type SurveyOptions } from "./survey.ts";
import { below, type Entries, type Located, type LocatedScalar, mapOf } from "./yaml/located.ts";
import { unusable } from "./yaml/usable.ts";

export { ENDPOINT_SNIPPET } from "./endpoint/snippet.ts";
export { formatInputError, InventoryError } from "./problems.ts";
export { type PlacementLogin } from "./placement/login.ts";
export { type Files, type SecretReader } from "./read.ts";
export { noSecrets, realSecrets } from "./real_secrets.ts";

/** How an inventory is read. */
export interface LoadOptions extends SurveyOptions {
  /** Fetches secrets. @default {realSecrets} */
  readonly secrets?: SecretReader;
  /** Fetches sudo's passwords, and what logs in to platforms. @default {the same} */
  readonly loginSecrets?: SecretReader;
}

/** Who a value belongs to: an endpoint or a placement by its group, or a host. */
export type Owner =
  | { readonly endpoint: string }
  | { readonly placement: string }
  | { readonly host: string };

/** An inventory that can be used, and what is known about its text. */
export interface Loaded {
  /** The inventory. */
  readonly inventory: Inventory;
  /** What the user should know, in order of appearance. */
  readonly warnings: readonly Diagnostic[];
  /** File name to its text, with plain secrets blotted out. */
  readonly sources: ReadonlyMap<string, string>;
  /**
   * Fetches what connecting to hosts needs; sudo's passwords only where `sudo` says so.
   * @throws {InventoryError} with every one that cannot be had, or that Holdfast does not use
   */
  credentials(hosts: readonly Host[], wish: { readonly sudo: boolean }): Promise<Credentials>;
  /**
   * Fetches who asks the platform of a placement, which is named by its group.
   * @throws {InventoryError} with everything that cannot be had
   */
  login(placement: string): Promise<PlacementLogin>;
  /**
   * Where a value of an endpoint or of a placement, or a variable of a host, was written: `["vrrp", "router_id"]`.
   * A value that was not written gives the place of the map that would hold it.
   */
  locate(
    owner: Owner,
    path: readonly (string | number)[],
  ): Source | undefined;
  /** The same, and nothing where the value itself was not written. */
  written(
    owner: Owner,
    path: readonly (string | number)[],
  ): Source | undefined;
}

/** What connecting needs beside keys. */
export interface Credentials {
  /** Sudo's password by name of the host; a host without one is missing. */
  readonly sudo: ReadonlyMap<string, Secret>;
  /** What the user should know, in order of appearance. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads and validates an inventory.
 * @throws {InventoryError} with everything that is wrong in any of the files
 */
export async function loadInventory(path: string, options: LoadOptions = {}): Promise<Loaded> {
  return await judge(path, await survey(path, options), options);
}

/**
 * Validates an inventory that has been read.
 * @throws {InventoryError} with everything that is wrong in any of the files
 */
export async function judge(path: string, read: Survey, options: LoadOptions): Promise<Loaded> {
  const files = readOnce(options.files ?? diskFiles);
  const secrets = once(options.secrets ?? realSecrets);
  const loginSecrets = options.loginSecrets === undefined ? secrets : once(options.loginSecrets);
  const { resolved, extra, folder, sources, diagnostics: found } = read;
  const diagnostics: Diagnostic[] = [...found];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  refuseEndpointOverride(extra, report);
  const hosts = new Map(
    [...resolved.hosts.values()].map((host) => [host.name, toHost(host, folder, report)]),
  );
  for (const name of sudoVariables(resolved.hosts.values())) loginSecrets.conceal?.(name);
  const placed = await endpointsOf({ resolved, hosts, folder, files, secrets, report });
  const placements = await placementsOf({ resolved, hosts, folder, files, report });
  for (const name of loginVariables(placements.map(({ placement }) => placement))) {
    loginSecrets.conceal?.(name);
  }
  reportNames(resolved, report);
  warnOfSlips(resolved, extra, report);

  const rootOf = roots(resolved, placed, placements);
  const passwords = plainPasswords(resolved);
  if (diagnostics.some((d) => d.severity === "error")) {
    throw failure(diagnostics, path, sources, passwords);
  }
  return {
    inventory: {
      file: path,
      hosts: [...hosts.values()],
      groups: new Map([...resolved.groups.keys()].map((name) => [name, resolved.hostsOf(name)])),
      endpoints: placed.map(({ endpoint }) => endpoint),
      placements: placements.map(({ placement }) => placement),
    },
    warnings: tidy(diagnostics, path),
    sources: masked(sources, passwords),
    credentials: async (wanted, wish) => {
      const problems: Diagnostic[] = [];
      const found = await credentialsOf(
        wanted.flatMap(({ name, become }) => {
          const host = resolved.hosts.get(name);
          return host === undefined ? [] : [{ host, sudo: wish.sudo && become }];
        }),
        { folder, secrets: loginSecrets, report: (problem) => problems.push(problem) },
      );
      if (problems.some((d) => d.severity === "error")) {
        throw failure(problems, path, sources, passwords);
      }
      return { sudo: found, warnings: tidy(problems, path) };
    },
    login: async (name) => {
      const problems: Diagnostic[] = [];
      const one = placements.find(({ placement }) => placement.name === name);
      const report: Report = (problem) => problems.push(problem);
      const found = one && await loginOf(one, { folder, secrets: loginSecrets, report });
      if (found !== undefined) return found;
      throw new InventoryError(problems, masked(sources, passwords));
    },
    locate: (owner, steps) => locate(rootOf(owner), steps),
    written: (owner, steps) => {
      const root = rootOf(owner);
      return root && below(root, steps)?.source;
    },
  };
}

function toHost(host: ResolvedHost, folder: string, report: Report): Host {
  let vars: Vars | undefined;
  return {
    name: host.name,
    ...connectionOf(host, folder, report),
    groups: host.groups.map((group) => group.name),
    // Built when it is asked for: thousands of hosts may inherit hundreds of variables each.
    get vars() {
      return vars ??= varsOf(host);
    },
  };
}

/** Plain data, with plain passwords wrapped, so that a listing does not show them. */
function varsOf(host: ResolvedHost): Vars {
  const vars = { ...mapOf(undefined, host.merged).value as Record<string, unknown> };
  for (const key of PASSWORDS) {
    const node = host.merged.get(key)?.node;
    if (node !== undefined && isPlain(node)) vars[key] = secret(node.text);
  }
  const endpoint = host.merged.get("endpoint")?.node;
  const password = endpoint && below(endpoint, ["vrrp", "auth_pass"]);
  if (password === undefined || !isPlain(password)) return vars;
  const map = vars["endpoint"] as Record<string, object>;
  const vrrp = { ...map["vrrp"], auth_pass: secret(password.text) };
  return { ...vars, endpoint: { ...map, vrrp } };
}

/** Whether a value may be a password itself, and not the name of one in an expression. */
function isPlain(node: Located): node is LocatedScalar {
  const { code } = unusable(node, "") ?? {};
  return node.kind === "scalar" && node.value !== null && code !== "jinja";
}

/** Passwords that stand in a file, whatever the other mistakes in it. */
function plainPasswords(resolved: Resolved): LocatedScalar[] {
  const owners = [...resolved.groups.values(), ...resolved.hosts.values()];
  return owners.flatMap((owner) => [owner.vars, owner.fileVars]).flatMap((vars) => {
    const endpoint = vars.get("endpoint")?.node;
    const nodes = [
      endpoint && below(endpoint, ["vrrp", "auth_pass"]),
      ...PASSWORDS.map((key) => vars.get(key)?.node),
    ];
    return nodes.filter((node) => node !== undefined).filter(isPlain);
  });
}

function masked(sources: ReadonlyMap<string, string>, passwords: readonly LocatedScalar[]) {
  const written = passwords.flatMap(({ source, text }) => source ? [{ source, value: text }] : []);
  const byFile = Map.groupBy(written, ({ source }) => source.file);
  return new Map(
    [...sources].map(([file, text]) => [
      file,
      maskValues(maskPasswords(text), byFile.get(file) ?? []),
    ]),
  );
}

function failure(
  diagnostics: readonly Diagnostic[],
  path: string,
  sources: ReadonlyMap<string, string>,
  passwords: readonly LocatedScalar[],
): InventoryError {
  return new InventoryError(tidy(diagnostics, path), masked(sources, passwords));
}

function refuseEndpointOverride(extra: Entries, report: Report): void {
  for (const key of ["endpoint", "endpoint_host", "placement"]) {
    const entry = extra.get(key);
    if (entry === undefined) continue;
    const message = `Cannot set "${key}" on the command line: it is read from the inventory only`;
    report(errorAt(entry.keySource, "extra-vars", message));
  }
}

function reportNames(resolved: Resolved, report: Report): void {
  for (const host of resolved.hosts.values()) {
    if (resolved.groups.has(host.name)) {
      const message = `${quote(host.name)} names a host and a group: a pattern means the group`;
      report(warningAt(host.source, "same-name", message));
    }
    const entry = host.merged.get("endpoint_host");
    if (!entry || host.merged.has("endpoint")) continue;
    const message = `"endpoint_host" of host ${quote(host.name)} has no effect: no group of the ` +
      'host has an "endpoint"';
    report(warningAt(entry.keySource, "unused-endpoint-host", message));
  }
}

function locate(
  root: Located | undefined,
  path: readonly (string | number)[],
): Source | undefined {
  for (let length = path.length; root && length >= 0; length--) {
    const node = below(root, path.slice(0, length));
    if (node) return node.source;
  }
  return undefined;
}

/** Gives the map that holds what an owner says. */
function roots(
  resolved: Resolved,
  placed: readonly PlacedEndpoint[],
  placements: readonly PlacedPlacement[],
): (owner: Owner) => Located | undefined {
  const endpoints = new Map(placed.map(({ endpoint, node }) => [endpoint.name, node]));
  const ofPlacements = new Map(placements.map(({ placement, node }) => [placement.name, node]));
  return (owner) => {
    if ("endpoint" in owner) return endpoints.get(owner.endpoint);
    if ("placement" in owner) return ofPlacements.get(owner.placement);
    const host = resolved.hosts.get(owner.host);
    return host && mapOf(host.source, host.merged);
  };
}
