/**
 * An inventory with inheritance worked out, before anything in it is judged: what listing and
 * explaining need, and what loading begins with.
 * @module
 */
import type { Diagnostic, Vars } from "../model.ts";
import { isFull } from "./graph.ts";
import { maskPasswords } from "./mask.ts";
import { InventoryError, type Report, tidy } from "./problems.ts";
import { type Programs, realPrograms } from "./programs.ts";
import { diskFiles, type Files } from "./read.ts";
import { resolve, type Resolved } from "./resolve.ts";
import { readSource } from "./source.ts";
import { readVarsFiles } from "./vars_files.ts";
import { type Entries, entriesOf } from "./yaml/located.ts";

/** How an inventory is read. */
export interface SurveyOptions {
  /** Variables of the command line, stronger than all others. */
  readonly extraVars?: Vars | Entries;
  /** Texts that they stand in, by the name that their places give. */
  readonly extraSources?: ReadonlyMap<string, string>;
  /** The file system. @default {diskFiles} */
  readonly files?: Files;
  /** Starts inventory programs. @default {realPrograms()} */
  readonly programs?: Programs;
}

/** What an inventory says. */
export interface Survey {
  /** Groups and hosts. */
  readonly resolved: Resolved;
  /** Variables of the command line. */
  readonly extra: Entries;
  /** Folder that relative paths begin at. */
  readonly folder: string;
  /** Text of every file that was read, as it is: with the secrets in it. */
  readonly sources: ReadonlyMap<string, string>;
  /** What is wrong so far, in no order. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads an inventory and works out who inherits what.
 * @throws {InventoryError} when there is nothing that could be read
 */
export async function survey(path: string, options: SurveyOptions = {}): Promise<Survey> {
  const { files = diskFiles, programs = realPrograms(), extraVars = {} } = options;
  const extra: Entries = extraVars instanceof Map ? extraVars : entriesOf(extraVars);
  const sources = new Map(options.extraSources);
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const read = await readSource(path, { files, programs, report, sources });
  if (!read || isFull(read.graph)) {
    throw new InventoryError(tidy(diagnostics, path), safeSources(sources));
  }
  const { graph, folder } = read;
  await readVarsFiles(graph, { folder, files, report, sources });
  return { resolved: resolve(graph, extra, report), extra, folder, sources, diagnostics };
}

/** A survey without errors. */
export interface CheckedSurvey {
  /** What the inventory says. */
  readonly survey: Survey;
  /** What the user should know, in order of appearance. */
  readonly warnings: readonly Diagnostic[];
  /** Text of every file, with plain secrets blotted out. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * As {@link survey}, for those who go no further: what is wrong is an error now. Codes that are
 * forgiven are given as warnings.
 * @throws {InventoryError} with everything that is wrong in any of the files
 */
export async function checkedSurvey(
  path: string,
  options: SurveyOptions & { readonly forgive?: readonly string[] } = {},
): Promise<CheckedSurvey> {
  const found = await survey(path, options);
  const sources = safeSources(found.sources);
  const { forgive = [] } = options;
  const diagnostics = tidy(found.diagnostics, path).map((d): Diagnostic =>
    forgive.includes(d.code) ? { ...d, severity: "warning" } : d
  );
  if (diagnostics.some(({ severity }) => severity === "error")) {
    throw new InventoryError(diagnostics, sources);
  }
  return { survey: found, warnings: diagnostics, sources };
}

function safeSources(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...sources].map(([file, text]) => [file, maskPasswords(text)]));
}
