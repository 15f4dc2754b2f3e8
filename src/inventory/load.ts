/**
 * Reads an inventory: the file, group_vars/ and host_vars/ beside it, and what its endpoints name.
 * @module
 */
import { dirname } from "@std/path";
import { quote } from "../diagnostics.ts";
import type { Diagnostic, Host, Inventory, Source, Vars } from "../model.ts";
import { secret } from "../secret.ts";
import { connectionOf } from "./connection/connection.ts";
import { endpointsOf, type PlacedEndpoint } from "./endpoint/endpoint.ts";
import { readGroups } from "./groups.ts";
import { maskPasswords, maskValue } from "./mask.ts";
import { errorAt, InventoryError, type Report, tidy, warningAt } from "./problems.ts";
import { diskFiles, type Files, realSecrets, type SecretReader } from "./read.ts";
import { resolve, type Resolved, type ResolvedHost } from "./resolve.ts";
import { readVarsFiles } from "./vars_files.ts";
import {
  below,
  type Entries,
  entriesOf,
  type Located,
  type LocatedScalar,
  mapOf,
} from "./yaml/located.ts";
import { parse } from "./yaml/parse.ts";

export { ENDPOINT_SNIPPET } from "./endpoint/snippet.ts";
export { formatInputError, InventoryError } from "./problems.ts";
export { type Files, noSecrets, realSecrets, type SecretReader } from "./read.ts";

/** How an inventory is read. */
export interface LoadOptions {
  /** Variables of the command line, stronger than all others. */
  readonly extraVars?: Vars | Entries;
  /** Texts that they stand in, by the name that their places give. */
  readonly extraSources?: ReadonlyMap<string, string>;
  /** The file system. @default {diskFiles} */
  readonly files?: Files;
  /** Fetches secrets. @default {realSecrets} */
  readonly secrets?: SecretReader;
}

/** An inventory that can be used, and what is known about its text. */
export interface Loaded {
  /** The inventory. */
  readonly inventory: Inventory;
  /** What the user should know, in order of appearance. */
  readonly warnings: readonly Diagnostic[];
  /** File name to its text, with plain secrets blotted out. */
  readonly sources: ReadonlyMap<string, string>;
  /**
   * Where a value of an endpoint or a variable of a host was written: `["vrrp", "router_id"]`.
   * A value that was not written gives the place of the map that would hold it.
   */
  locate(
    owner: { readonly endpoint: string } | { readonly host: string },
    path: readonly (string | number)[],
  ): Source | undefined;
}

/**
 * Reads and validates an inventory.
 * @throws {InventoryError} with everything that is wrong in any of the files
 */
export async function loadInventory(path: string, options: LoadOptions = {}): Promise<Loaded> {
  const { files = diskFiles, secrets = realSecrets, extraVars = {} } = options;
  const extra: Entries = extraVars instanceof Map ? extraVars : entriesOf(extraVars);
  const folder = dirname(path);
  const sources = new Map(options.extraSources);
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);

  const root = await readRoot(path, files, sources, report);
  if (!root) throw failure(diagnostics, path, sources, []);
  const graph = readGroups(root, report);
  await readVarsFiles(graph, { folder, files, report, sources });
  refuseEndpointOverride(extra, report);
  const resolved = resolve(graph, extra, report);
  const hosts = new Map(
    [...resolved.hosts.values()].map((host) => [host.name, toHost(host, folder, report)]),
  );
  const placed = await endpointsOf({ resolved, hosts, folder, files, secrets, report });
  reportNames(resolved, report);

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
    },
    warnings: tidy(diagnostics, path),
    sources: masked(sources, passwords),
    locate: (owner, steps) => locate(owner, steps, resolved, placed),
  };
}

async function readRoot(
  path: string,
  files: Files,
  sources: Map<string, string>,
  report: Report,
): Promise<Located | undefined> {
  const result = await files.read(path);
  const refuse = (reason: string, hint?: string) =>
    void report(errorAt(undefined, "unreadable", `Cannot read ${quote(path)}: ${reason}`, hint));
  if (result.kind === "missing") return refuse("there is no such file");
  if (result.kind === "folder") return refuse("it is a folder, an inventory is a file");
  if (result.kind === "unreadable") return refuse(result.reason);
  if (/^\[[\w.-]+(:\w+)?\]\s*(#.*)?$/m.test(result.text)) {
    const hint = "ansible-inventory -i FILE --list --yaml turns it into YAML";
    return refuse("it is an INI inventory, Holdfast reads YAML", hint);
  }
  sources.set(path, result.text);
  return parse(path, result.text, report);
}

function toHost(host: ResolvedHost, folder: string, report: Report): Host {
  return {
    name: host.name,
    ...connectionOf(host, folder, report),
    groups: host.groups.map((group) => group.name),
    vars: varsOf(host),
  };
}

/** Plain data, with a plain password of the endpoint wrapped, so that a listing does not show it. */
function varsOf(host: ResolvedHost): Vars {
  const vars = mapOf(undefined, host.merged).value as Record<string, unknown>;
  const endpoint = host.merged.get("endpoint")?.node;
  const password = endpoint && below(endpoint, ["vrrp", "auth_pass"]);
  if (password?.kind !== "scalar" || password.value === null) return vars;
  const map = vars["endpoint"] as Record<string, object>;
  const vrrp = { ...map["vrrp"], auth_pass: secret(password.text) };
  return { ...vars, endpoint: { ...map, vrrp } };
}

/** Passwords that stand in a file, whatever the endpoint's other mistakes. */
function plainPasswords(resolved: Resolved): LocatedScalar[] {
  const owners = [...resolved.groups.values(), ...resolved.hosts.values()];
  return owners.flatMap((owner) => [owner.vars, owner.fileVars]).flatMap((vars) => {
    const endpoint = vars.get("endpoint")?.node;
    const node = endpoint && below(endpoint, ["vrrp", "auth_pass"]);
    return node?.kind === "scalar" && node.value !== null ? [node] : [];
  });
}

function masked(sources: ReadonlyMap<string, string>, passwords: readonly LocatedScalar[]) {
  const safe = new Map([...sources].map(([file, text]) => [file, maskPasswords(text)]));
  for (const { source, text: value } of passwords) {
    const text = source && safe.get(source.file);
    if (source && text !== undefined) safe.set(source.file, maskValue(text, source, value));
  }
  return safe;
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
  for (const key of ["endpoint", "endpoint_host"]) {
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
  owner: { readonly endpoint: string } | { readonly host: string },
  path: readonly (string | number)[],
  resolved: Resolved,
  placed: readonly PlacedEndpoint[],
): Source | undefined {
  const host = "host" in owner ? resolved.hosts.get(owner.host) : undefined;
  const root = "endpoint" in owner
    ? placed.find((p) => p.endpoint.name === owner.endpoint)?.node
    : host && mapOf(host.source, host.merged);
  for (let length = path.length; root && length >= 0; length--) {
    const node = below(root, path.slice(0, length));
    if (node) return node.source;
  }
  return undefined;
}
