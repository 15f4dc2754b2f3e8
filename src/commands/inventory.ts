/**
 * `inventory`: what an inventory says, as `ansible-inventory` says it. Reads no secret.
 * @module
 */
import { didYouMean, formatDiagnostics, quote } from "../diagnostics.ts";
import { EXIT, InputError } from "../errors.ts";
import { hostVars, type Listed, listing, tree } from "../inventory/listing/list.ts";
import { toJson } from "../inventory/listing/shown.ts";
import { formatInputError } from "../inventory/problems.ts";
import { selectHosts } from "../inventory/select.ts";
import { checkedSurvey, type Survey } from "../inventory/survey.ts";
import type { Inventory } from "../model.ts";
import { parseExtraVars } from "./extra_vars.ts";
import type { Io } from "./io.ts";

/** Flags of `inventory`. */
export interface InventoryFlags {
  /** Every group and host. */
  readonly list?: boolean | undefined;
  /** One host. */
  readonly host?: string | undefined;
  /** The tree of groups. */
  readonly graph?: boolean | undefined;
  /** Variables in the tree. */
  readonly vars?: boolean | undefined;
  /** Host pattern. */
  readonly limit?: string | undefined;
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
}

/** Prints what was asked for and gives the exit code. */
export async function inventoryCommand(
  path: string,
  flags: InventoryFlags,
  io: Io,
): Promise<number> {
  try {
    refuseMixed(flags);
    const { survey, warnings, sources } = await checkedSurvey(path, {
      ...await parseExtraVars(flags.extraVars ?? []),
    });
    if (warnings.length > 0) io.err(`${formatDiagnostics(warnings, sources)}\n`);
    io.out(await answer(survey, path, flags));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err(`${formatInputError(error)}\n`);
    return EXIT.usage;
  }
}

async function answer(
  { resolved }: Survey,
  path: string,
  flags: InventoryFlags,
): Promise<string> {
  const json = (value: unknown) => `${toJson(value)}\n`;
  if (flags.host !== undefined) {
    const host = resolved.hosts.get(flags.host);
    if (host) return json(hostVars(host));
    const message = `Cannot show host ${quote(flags.host)}: the inventory names no such host`;
    throw refusal("unknown-host", message, didYouMean(flags.host, resolved.hosts.keys()));
  }
  const limit = flags.limit;
  const selected = limit === undefined
    ? undefined
    : new Set(await selectHosts(bare({ resolved }, path), limit));
  const listed = { resolved, wanted: (name: string) => selected?.has(name) ?? true };
  return flags.graph ? graph(listed, flags.vars === true) : json(listing(listed));
}

function graph(listed: Listed, withVars: boolean): string {
  try {
    return `${tree(listed, withVars).join("\n")}\n`;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal("too-large", `Cannot show the graph: ${error.message}`, "--list");
  }
}

/** Names only: which hosts a pattern means does not depend on how they are reached. */
function bare({ resolved }: Pick<Survey, "resolved">, file: string): Inventory {
  const hosts = [...resolved.hosts.values()].map(({ name, groups }) => ({
    name,
    address: name,
    become: false,
    sshArgs: [],
    groups: groups.map((group) => group.name),
    vars: {},
  }));
  const groups = new Map([...resolved.groups.keys()].map((name) => [name, resolved.hostsOf(name)]));
  return { file, hosts, groups, endpoints: [], placements: [] };
}

function refuseMixed({ list, host, graph, vars, limit }: InventoryFlags): void {
  const chosen = [
    ...(list ? ["--list"] : []),
    ...(graph ? ["--graph"] : []),
    ...(host === undefined ? [] : ["--host"]),
  ];
  if (chosen.length > 1) {
    const message = `Cannot show ${chosen.join(" and ")} at once: choose one`;
    throw refusal("usage", message);
  }
  if (vars && !graph) throw refusal("usage", 'Cannot use "--vars" without "--graph"', "--graph");
  if (limit !== undefined && host !== undefined) {
    throw refusal("usage", 'Cannot use "--limit" with "--host", which names one host already');
  }
}

function refusal(code: string, message: string, hint?: string): InputError {
  return new InputError([
    { severity: "error", code, message, ...(hint === undefined ? {} : { hint }) },
  ]);
}
