/**
 * `lint`: traps in an inventory, or in configurations that were written by hand.
 * @module
 */
import { didYouMean, formatDiagnostics, quote } from "../../diagnostics.ts";
import { EXIT, InputError } from "../../errors.ts";
import { noSecrets } from "../../inventory/load.ts";
import { LINTS } from "../../lints/mod.ts";
import { lint } from "../../lints/run.ts";
import type { Diagnostic } from "../../model.ts";
import { loadTemplates } from "../../templates.ts";
import type { Io } from "../io.ts";
import { load } from "../load.ts";
import { type Reports, withReports } from "../reports.ts";
import { byHand, type Named } from "./by_hand.ts";
import { type Linted, lintEndpoints } from "./inventory.ts";
import { OWN_CODES } from "./own_codes.ts";
import { textsOf } from "./rendered.ts";

/** Flags of `lint`. */
export interface LintFlags extends Named {
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
  /** A warning is as bad as an error. */
  readonly strict?: boolean | undefined;
  /** Lints whose findings are not said. */
  readonly ignore?: readonly string[] | undefined;
  /** Say what a lint is about. */
  readonly explain?: string | undefined;
  /** Say which lints there are. */
  readonly list?: boolean | undefined;
  /** More reports, `kind` or `kind:file`. */
  readonly report?: readonly string[] | undefined;
  /** Print events instead of lines for people. */
  readonly json?: boolean | undefined;
}

/** Lints what was named, says what was found, and gives the exit code: 1 when there is an error. */
export async function lintCommand(
  inventory: string | undefined,
  flags: LintFlags,
  io: Io,
): Promise<number> {
  if (flags.list) return list(io);
  if (flags.explain !== undefined) return explain(flags.explain, io);
  const files = [...flags.keepalived ?? [], ...flags.haproxy ?? [], ...flags.script ?? []];
  const subject = inventory ?? files.join(", ");
  return await withReports(subject, flags, io, async (reports) => {
    const since = Date.now();
    if ((inventory === undefined) === (files.length === 0)) throw usage(inventory);
    const known = new Set(LINTS.map(({ code }) => code));
    const unknown = (flags.ignore ?? []).filter((code) => !known.has(code));
    if (unknown.length > 0) throw new InputError(unknown.map(notIgnored));
    const found = inventory === undefined
      ? await handWritten(flags)
      : await ofInventory(inventory, flags, reports);
    const ignored = new Set(flags.ignore);
    const shown = found.diagnostics.filter(({ code }) => !ignored.has(code));
    return say(subject, { ...found, diagnostics: shown }, flags, reports, since);
  });
}

async function handWritten(flags: LintFlags): Promise<Linted> {
  const subject = await byHand(flags);
  return { diagnostics: lint(subject, LINTS), sources: textsOf(subject) };
}

async function ofInventory(path: string, flags: LintFlags, { io, note }: Reports): Promise<Linted> {
  const loaded = await load(path, flags, io, noSecrets);
  note(loaded.warnings);
  const templates = await loadTemplates(new URL("../../../templates/", import.meta.url));
  return lintEndpoints(loaded.endpoints, loaded, templates);
}

function say(
  subject: string,
  { diagnostics, sources }: Linted,
  flags: LintFlags,
  { io, record, note }: Reports,
  since: number,
): number {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const exitCode = errors > 0 || (flags.strict === true && warnings > 0) ? EXIT.usage : EXIT.ok;
  const start = { hosts: [], places: {}, play: "lint", inventory: subject } as const;
  record({ type: "run-start", at: since, mode: "lint", ...start });
  note(diagnostics);
  if (flags.json !== true) {
    const print = (text: string) => io.out(`${text}\n`);
    // What is found is the result: all of it, however much.
    for (const each of diagnostics) print(formatDiagnostics([each], sources) + "\n");
    print(`${count(errors, "error")}, ${count(warnings, "warning")}`);
    const [first] = diagnostics.toSorted((a, b) => a.severity < b.severity ? -1 : 1);
    if (first !== undefined) {
      const known = [...LINTS, ...OWN_CODES].some(({ code }) => code === first.code);
      if (known) print(`What one of them is about: holdfast lint --explain ${first.code}`);
    }
  }
  record({ type: "run-end", at: Date.now(), exitCode, hosts: {}, ms: Date.now() - since });
  return exitCode;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function list(io: Io): number {
  const width = Math.max(...LINTS.map(({ code }) => code.length));
  for (const { code, severity, title } of LINTS) {
    io.out(`${severity.padEnd(7)}  ${code.padEnd(width)}  ${title}\n`);
  }
  return EXIT.ok;
}

function explain(code: string, io: Io): number {
  const own = OWN_CODES.find((it) => it.code === code);
  if (own !== undefined) {
    io.out(`${code} (error): ${own.title}\n\n${own.why}\n`);
    return EXIT.ok;
  }
  const found = LINTS.find((it) => it.code === code);
  if (found === undefined) {
    io.err(`${formatDiagnostics([noSuchLint(code)])}\n`);
    return EXIT.usage;
  }
  const indent = (text: string) => text.trimEnd().replace(/^(?=.)/gm, "    ");
  const files = (example: Readonly<Record<string, string>>) =>
    Object.entries(example).map(([file, text]) => `  ${file}\n${indent(text)}`).join("\n\n");
  const { title, severity, why, err, ok } = found;
  io.out(`${code} (${severity}): ${title}\n\n${why}\n\nThe trap:\n\n${files(err.files)}\n\n`);
  io.out(`What is then said:\n\n${indent(err.says)}\n\nWithout it:\n\n${files(ok.files)}\n`);
  return EXIT.ok;
}

/** Of a file that cannot be read nothing is known, whoever wants to hear it. */
function notIgnored(code: string): Diagnostic {
  if (!OWN_CODES.some((it) => it.code === code)) return noSuchLint(code);
  const message = `Cannot leave out ${quote(code)}: it says that a file cannot be looked into`;
  return { severity: "error", code: "usage", message, hint: `holdfast lint --explain ${code}` };
}

function noSuchLint(code: string): Diagnostic {
  const near = didYouMean(code, [...LINTS, ...OWN_CODES].map((it) => it.code));
  return {
    severity: "error",
    code: "usage",
    message: `Cannot find lint ${quote(code)}: there is none of that name`,
    hint: near ?? "holdfast lint --list",
  };
}

function usage(inventory: string | undefined): InputError {
  const message = inventory === undefined
    ? "Cannot lint: neither an inventory nor a file is named"
    : "Cannot lint an inventory and files at once";
  const hint = "holdfast lint INVENTORY, or holdfast lint --keepalived FILE --haproxy FILE";
  return new InputError([{ severity: "error", code: "usage", message, hint }]);
}
