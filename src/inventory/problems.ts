/**
 * How the inventory gathers what is wrong with it, and the one error that carries it all out.
 * @module
 */
import { formatDiagnostics } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import type { Diagnostic, Source } from "../model.ts";

/** Takes a diagnostic; nothing is thrown until everything has been looked at. */
export type Report = (diagnostic: Diagnostic) => void;

/** An {@link InputError} that also knows the text of the files, so that lines can be shown. */
export class InventoryError extends InputError {
  /** File name to its text, with plain secrets blotted out. */
  readonly sources: ReadonlyMap<string, string>;

  /** Gathers problems; the message is the first error's, whatever warnings stand before it. */
  constructor(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>) {
    super(diagnostics);
    this.name = "InventoryError";
    this.sources = sources;
    this.message = diagnostics.find((d) => d.severity === "error")?.message ?? this.message;
  }
}

/** All problems of an error as text for people, with source lines where the files are known. */
export function formatInputError(
  error: InputError,
  sources?: ReadonlyMap<string, string>,
): string {
  const known = sources ?? (error instanceof InventoryError ? error.sources : undefined);
  return formatDiagnostics(error.diagnostics, known);
}

/** Builds an error diagnostic. */
export function errorAt(
  source: Source | undefined,
  code: string,
  message: string,
  hint?: string,
): Diagnostic {
  return diagnostic("error", source, code, message, hint);
}

/** Builds a warning diagnostic. */
export function warningAt(
  source: Source | undefined,
  code: string,
  message: string,
  hint?: string,
): Diagnostic {
  return diagnostic("warning", source, code, message, hint);
}

/** Names a place inside a message. */
export function placeOf(source: Source | undefined): string {
  return source ? `${source.file}:${source.line}:${source.column}` : "the command line";
}

/** Orders by place, the inventory file first, and drops what says the same of the same place. */
export function tidy(diagnostics: readonly Diagnostic[], firstFile: string): Diagnostic[] {
  const unique = new Map<string, Diagnostic>();
  for (const d of diagnostics) {
    // A value of a group is checked once for every host; saying so once is enough.
    const key = d.source ? `${placeOf(d.source)} ${d.code}` : `${d.code} ${d.message}`;
    if (!unique.has(key)) unique.set(key, d);
  }
  return [...unique.values()].sort((a, b) => compare(a.source, b.source, firstFile));
}

function compare(a: Source | undefined, b: Source | undefined, firstFile: string): number {
  if (!a || !b) return Number(!a) - Number(!b);
  if (a.file !== b.file) {
    if (a.file === firstFile) return -1;
    if (b.file === firstFile) return 1;
    return a.file < b.file ? -1 : 1;
  }
  return a.line - b.line || a.column - b.column;
}

function diagnostic(
  severity: Diagnostic["severity"],
  source: Source | undefined,
  code: string,
  message: string,
  hint: string | undefined,
): Diagnostic {
  return {
    severity,
    code,
    message,
    ...(source ? { source } : {}),
    ...(hint === undefined ? {} : { hint }),
  };
}
