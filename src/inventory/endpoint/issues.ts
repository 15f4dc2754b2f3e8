/**
 * What zod says about a value, as diagnostics with places.
 * @module
 */
import type { z } from "zod";
import { didYouMean, quote } from "../../diagnostics.ts";
import { errorAt, type Report } from "../problems.ts";
import { below, describe, type LocatedMap } from "../yaml/located.ts";
import { unusableParts } from "../yaml/usable.ts";

/** What is validated, and how to speak of it. */
export interface Subject<T> {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** The shape. */
  readonly schema: z.ZodType<T>;
  /** Known keys by path, for suggestions. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** The variable that holds it, for suggestions. @default {"endpoint"} */
  readonly variable?: string;
  /** Paths whose value is never shown. */
  readonly secrets?: readonly string[];
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Validates a mapping; everything wrong is reported, and then the result is undefined. */
export function validate<T>(node: LocatedMap, subject: Subject<T>, report: Report): T | undefined {
  const hidden = unusableParts(node, subject.label);
  hidden.forEach(report);
  const result = subject.schema.safeParse(node.value);
  if (result.success) return hidden.length === 0 ? result.data : undefined;
  for (const issue of result.error.issues.flatMap((issue) => innermost(issue, []))) {
    const place = below(node, issue.path)?.source;
    // A Jinja expression is not a number either; that is said once.
    if (place && hidden.some((d) => d.source === place)) continue;
    if (issue.code === "unrecognized_keys") unknownKeys(node, issue, subject, report);
    else wrongValue(node, issue, subject, report);
  }
  return undefined;
}

/** The issues of the alternative that was meant, rather than "none of these". */
function innermost(issue: Issue, prefix: Path): Issue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code !== "invalid_union") return [{ ...issue, path }];
  // An alternative of the right type has its problems further in, or a reason of its own.
  const meant = issue.errors.filter((branch) =>
    branch.every((i) => i.path.length > 0 || !["invalid_type", "invalid_value"].includes(i.code))
  );
  const [only] = meant;
  if (meant.length !== 1 || !only) return [{ ...issue, path }];
  return only.flatMap((inner) => innermost(inner, path));
}

function unknownKeys<T>(
  root: LocatedMap,
  issue: Issue & { code: "unrecognized_keys" },
  subject: Subject<T>,
  report: Report,
): void {
  const holder = below(root, issue.path);
  for (const key of issue.keys) {
    const source = holder?.kind === "map" ? holder.entries.get(key)?.keySource : undefined;
    const where = issue.path.length > 0 ? `${dotted(issue.path)} of ` : "";
    const message = `Cannot use key ${quote(key)} of ${where}${subject.label}: ` +
      "there is no such key";
    report(errorAt(source, "unknown-key", message, suggestion(key, issue.path, subject)));
  }
}

/** A similar key of the same map, or the same key of another one. */
function suggestion<T>(key: string, path: Path, subject: Subject<T>): string | undefined {
  const near = didYouMean(key, subject.keys.get(general(path)) ?? []);
  if (near !== undefined) return near;
  const [elsewhere] = [...subject.keys].find(([, keys]) => keys.includes(key)) ?? [];
  if (elsewhere === undefined || elsewhere.includes("*")) return undefined;
  return elsewhere === ""
    ? `${key}, directly in ${subject.variable ?? "endpoint"}`
    : `${elsewhere}: { ${key}: ... }`;
}

function wrongValue<T>(
  root: LocatedMap,
  issue: Issue,
  subject: Subject<T>,
  report: Report,
): void {
  const node = below(root, issue.path);
  const last = issue.path.at(-1);
  if (!node && typeof last === "string") {
    const holder = below(root, issue.path.slice(0, -1));
    const message = `Cannot use ${subject.label}: ${quote(dotted(issue.path))} is missing, ` +
      issue.message;
    return report(errorAt(holder?.source ?? root.source, "missing-key", message));
  }
  const path = dotted(issue.path);
  const hidden = subject.secrets?.some((s) => path === s || path.startsWith(`${s}.`));
  const found = hidden || !node ? "" : `found ${describe(node)}, `;
  const message = `Cannot use ${quote(path)} of ${subject.label}: ${found}${issue.message}`;
  report(errorAt(node?.source ?? root.source, "wrong-value", message, hintOf(issue)));
}

/** What a refinement of ours says to type instead. */
function hintOf(issue: Issue): string | undefined {
  const hint = issue.code === "custom" ? issue.params?.["hint"] : undefined;
  return typeof hint === "string" ? hint : undefined;
}

function dotted(path: Path): string {
  return path.map(String).join(".");
}

function general(path: Path): string {
  return path.map((step) => typeof step === "number" ? "*" : String(step)).join(".");
}
