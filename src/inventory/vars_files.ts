/**
 * group_vars/ and host_vars/ beside the inventory, found as Ansible finds them.
 * @module
 */
import { join } from "@std/path";
import { didYouMean, quote } from "../diagnostics.ts";
import { type Graph, setEntry } from "./graph.ts";
import { errorAt, type Report, warningAt } from "./problems.ts";
import type { Files } from "./read.ts";
import { describe, type Entry } from "./yaml/located.ts";
import { parse } from "./yaml/parse.ts";

/** In the order in which Ansible looks; the first that is there is the only one it reads. */
const ENDINGS = ["/", "", ".yml", ".yaml", ".json"];
const IN_FOLDER = /^[^.].*\.(yml|yaml|json)$|^[^.]+[^.~]$/;
const MAX_DEPTH = 8;

/** What reading needs. */
export interface VarsFilesOptions {
  /** Folder of the inventory file. */
  readonly folder: string;
  /** The file system. */
  readonly files: Files;
  /** Takes what is wrong. */
  readonly report: Report;
  /** Gets the text of every file that was read. */
  readonly sources: Map<string, string>;
}

/** Adds the variables of group_vars/ and host_vars/ to the groups and hosts of a graph. */
export async function readVarsFiles(graph: Graph, options: VarsFilesOptions): Promise<void> {
  await readKind("group_vars", graph.groups, options);
  await readKind("host_vars", graph.hosts, options);
}

async function readKind(
  kind: string,
  owners: ReadonlyMap<string, { readonly fileVars: Map<string, Entry> }>,
  options: VarsFilesOptions,
): Promise<void> {
  const folder = join(options.folder, kind);
  const names = await listed(folder, options);
  const stems = new Map<string, string[]>();
  for (const name of names) {
    const stem = stemOf(name, owners);
    stems.set(stem, [...(stems.get(stem) ?? []), name]);
  }
  for (const [stem, found] of stems) {
    const owner = owners.get(stem);
    if (!owner) {
      // Another inventory of the same folder may well name host "lb3"; groups differ less.
      if (kind === "group_vars") reportStray(join(folder, found[0]!), stem, owners, options);
      continue;
    }
    const [first, ...shadowed] = ENDINGS.map((e) => stem + e).filter((n) => found.includes(n));
    if (first === undefined) continue;
    for (const path of shadowed) reportShadowed(join(folder, path), join(folder, first), options);
    for (const path of await filesOf(join(folder, first), options)) {
      await readInto(owner.fileVars, path, options);
    }
  }
}

/** Name without its ending; a name with a dot may be an owner as it stands. */
function stemOf(name: string, owners: ReadonlyMap<string, unknown>): string {
  const plain = name.replace(/\/$/, "");
  if (owners.has(plain)) return plain;
  return plain.replace(/\.(yml|yaml|json)$/, "");
}

/** A file, or the files of a folder and its folders, in lexical order. */
async function filesOf(path: string, options: VarsFilesOptions, depth = 0): Promise<string[]> {
  if (!path.endsWith("/")) return [path];
  if (depth > MAX_DEPTH) return [];
  const found: string[] = [];
  for (const name of await listed(path, options)) {
    if (name.startsWith(".")) continue;
    if (name.endsWith("/")) found.push(...await filesOf(join(path, name), options, depth + 1));
    else if (IN_FOLDER.test(name)) found.push(join(path, name));
  }
  return found;
}

async function readInto(
  vars: Map<string, Entry>,
  path: string,
  options: VarsFilesOptions,
): Promise<void> {
  const { files, report, sources } = options;
  const start = { file: path, line: 1, column: 1 };
  const result = await files.read(path);
  if (result.kind !== "text") {
    const reason = result.kind === "unreadable" ? result.reason : "there is no such file";
    return report(errorAt(start, "unreadable", `Cannot read ${quote(path)}: ${reason}`));
  }
  if (result.text.startsWith("$ANSIBLE_VAULT;")) {
    const message = "The file is encrypted with Ansible Vault: its variables are not known here";
    return report(warningAt(start, "vault-file", message));
  }
  sources.set(path, result.text);
  const root = parse(path, result.text, report);
  if (root?.kind === "map") { for (const [key, entry] of root.entries) setEntry(vars, key, entry); }
  else if (root && root.value !== null) {
    const message = `Cannot read variables: found ${describe(root)}, expected a mapping`;
    report(errorAt(root.source, "wrong-type", message));
  }
}

async function listed(folder: string, options: VarsFilesOptions): Promise<readonly string[]> {
  try {
    return await options.files.list(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Cannot list ${quote(folder)}: ${reason}`;
    options.report(errorAt({ file: folder, line: 1, column: 1 }, "unreadable", message));
    return [];
  }
}

/** Files for unknown groups are normal (kubespray ships many); a near miss is a typing error. */
function reportStray(
  path: string,
  stem: string,
  owners: ReadonlyMap<string, unknown>,
  options: VarsFilesOptions,
): void {
  const near = stem.startsWith(".") ? undefined : didYouMean(stem, owners.keys());
  if (near === undefined) return;
  const message = `The file is not used: the inventory names no ${quote(stem)}`;
  options.report(warningAt({ file: path, line: 1, column: 1 }, "stray-vars", message, near));
}

function reportShadowed(path: string, first: string, options: VarsFilesOptions): void {
  const message = `The file is not used: ${quote(first)} is read in its place, as Ansible does`;
  options.report(warningAt({ file: path, line: 1, column: 1 }, "shadowed-vars", message));
}
