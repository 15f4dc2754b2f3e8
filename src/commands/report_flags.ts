import { resolve } from "@std/path";
import { didYouMean, quote } from "../diagnostics.ts";
import type { Diagnostic } from "../model.ts";

/** Kinds of reports that `--report` makes. */
export const REPORT_KINDS = ["junit", "github", "jsonl", "html", "sarif"] as const;

/** A report that was asked for. */
export interface ReportSpec {
  /** What is written. */
  readonly kind: (typeof REPORT_KINDS)[number];
  /** Where to; unset: beside what the run prints. */
  readonly file?: string;
}

/** What the flags of `--report` mean, and everything that is wrong with them. */
export interface ParsedReports {
  /** Those that can be written. */
  readonly reports: readonly ReportSpec[];
  /** Why others cannot. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads the values of `--report`.
 *
 * @param taken files of the run that no report may replace, with what they are: `the plan`
 */
export function parseReports(
  flags: readonly string[],
  taken: ReadonlyMap<string, string> = new Map(),
): ParsedReports {
  const reports: ReportSpec[] = [];
  const problems: Diagnostic[] = [];
  const used = new Map([...taken].map(([file, what]) => [resolve(file), what]));
  for (const flag of flags) {
    const spec = parseReport(flag);
    const problem = "severity" in spec ? spec : placeProblem(spec, used);
    if (problem !== undefined) problems.push(problem);
    else reports.push(spec as ReportSpec);
  }
  return { reports, problems };
}

function parseReport(flag: string): ReportSpec | Diagnostic {
  const at = flag.indexOf(":");
  const word = at === -1 ? flag : flag.slice(0, at);
  const file = at === -1 ? undefined : flag.slice(at + 1);
  const kind = REPORT_KINDS.find((kind) => kind === word);
  if (kind === undefined) {
    const meant = didYouMean(word, REPORT_KINDS) ?? (word === "xml" ? "junit" : undefined);
    const place = file === undefined || file === ""
      ? (meant === "github" ? "" : ":FILE")
      : `:${file}`;
    return problem(
      `Cannot report as ${quote(word)}: the kinds are ${REPORT_KINDS.join(", ")}`,
      meant === undefined ? undefined : `--report ${meant}${place}`,
    );
  }
  if (file === "" || (file === undefined && kind !== "github")) {
    const name = {
      junit: "holdfast.xml",
      github: "annotations.txt",
      jsonl: "run.jsonl",
      html: "run.html",
      sarif: "holdfast.sarif",
    }[kind];
    return problem(`Cannot report as ${kind}: it names no file`, `--report ${kind}:${name}`);
  }
  if (file?.includes(",")) {
    const why = "deno cannot be allowed to write to a path with a comma";
    return problem(`Cannot report as ${kind} to ${quote(file)}: ${why}`);
  }
  return { kind, ...(file === undefined ? {} : { file }) };
}

/** A file is for one report only, and for nothing else that the run reads or writes. */
function placeProblem(
  { kind, file }: ReportSpec,
  used: Map<string, string>,
): Diagnostic | undefined {
  const paths = file === undefined ? [""] : [resolve(file), `${resolve(file)}.part`];
  const what = paths.map((path) => used.get(path)).find((what) => what !== undefined);
  for (const path of paths) used.set(path, "another report");
  if (what === undefined) return undefined;
  const place = file === undefined ? "standard output" : quote(file);
  return problem(`Cannot report as ${kind} to ${place}: that is ${what}`);
}

function problem(message: string, hint?: string): Diagnostic {
  return { severity: "error", code: "report", message, ...(hint === undefined ? {} : { hint }) };
}
