/**
 * The codes that `lint` prints: which there are, what one is about, which can be left out.
 * @module
 */
import { didYouMean, formatDiagnostics, quote } from "../../diagnostics.ts";
import { EXIT } from "../../errors.ts";
import { LINTS } from "../../lints/mod.ts";
import type { Diagnostic } from "../../model.ts";
import type { Io } from "../io.ts";
import { INVENTORY_WARNINGS, OWN_CODES } from "./own_codes.ts";

/** Lists the lints. */
export function list(io: Io): number {
  const width = Math.max(...LINTS.map(({ code }) => code.length));
  for (const { code, severity, title } of LINTS) {
    io.out(`${severity.padEnd(7)}  ${code.padEnd(width)}  ${title}\n`);
  }
  return EXIT.ok;
}

/** Says what a code is about, with the example of a lint. */
export function explain(code: string, io: Io): number {
  const own = OWN_CODES.find((it) => it.code === code);
  if (own !== undefined) {
    io.out(`${code} (${own.severity}): ${own.title}\n\n${own.why}\n`);
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

/** What is wrong with codes that nobody can leave out. */
export function notIgnored(codes: readonly string[]): readonly Diagnostic[] {
  const own = OWN_CODES.filter(({ severity }) => severity !== "error");
  const can = new Set([...[...LINTS, ...own].map(({ code }) => code), ...INVENTORY_WARNINGS]);
  return codes.filter((code) => !can.has(code)).map(refused);
}

/** Of a file that cannot be read nothing is known, whoever wants to hear it. */
function refused(code: string): Diagnostic {
  if (!OWN_CODES.some((it) => it.code === code)) return noSuchLint(code);
  const message = `Cannot leave out ${quote(code)}: it says that a file cannot be looked into`;
  return { severity: "error", code: "usage", message, hint: `holdfast lint --explain ${code}` };
}

function noSuchLint(code: string): Diagnostic {
  const all = [...LINTS, ...OWN_CODES].map((it) => it.code);
  const near = didYouMean(code, [...all, ...INVENTORY_WARNINGS]);
  return {
    severity: "error",
    code: "usage",
    message: `Cannot find lint ${quote(code)}: there is none of that name`,
    hint: near ?? "holdfast lint --list",
  };
}
