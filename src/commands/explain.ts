/**
 * `explain`: where a value of a host comes from, and what it overrode. Reads no secret.
 * @module
 */
import { didYouMean, formatDiagnostics, quote } from "../diagnostics.ts";
import { EXIT, InputError } from "../errors.ts";
import { judge, noSecrets } from "../inventory/load.ts";
import { toJson } from "../inventory/listing/shown.ts";
import { formatInputError } from "../inventory/problems.ts";
import { checkedSurvey, type Survey } from "../inventory/survey.ts";
import type { Located } from "../inventory/yaml/located.ts";
import { explainAll, explainKey, type Subject } from "./explain/explanation.ts";
import { connectionDefaults, schemaKeys, type Unwritten, unwritten } from "./explain/known.ts";
import { allText, keyText } from "./explain/text.ts";
import { parseExtraVars } from "./extra_vars.ts";
import type { Io } from "./io.ts";

/** Flags of `explain`. */
export interface ExplainFlags {
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
  /** Print JSON. */
  readonly json?: boolean | undefined;
}

/** Explains one key of a host, or all of them, and gives the exit code. */
export async function explain(
  path: string,
  host: string,
  key: string | undefined,
  flags: ExplainFlags,
  io: Io,
): Promise<number> {
  try {
    const { survey, warnings, sources } = await checkedSurvey(path, {
      ...await parseExtraVars(flags.extraVars ?? []),
      // Which of the two is meant is what is asked here.
      forgive: ["group-conflict"],
    });
    if (warnings.length > 0) io.err(`${formatDiagnostics(warnings, sources)}\n`);
    const subject = await subjectOf(path, host, survey, io);
    if (key === undefined) {
      const all = explainAll(subject);
      io.out(flags.json ? `${toJson({ host, keys: all })}\n` : allText(all));
      return EXIT.ok;
    }
    const explanation = explainKey(key, subject);
    const known = explanation.rows.some((row) => "value" in row) || schemaKeys().includes(key);
    if (explanation.rows.length === 0 || !known) throw unknownKey(host, key, subject);
    io.out(flags.json ? `${toJson({ host, ...explanation })}\n` : keyText(host, explanation));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err(`${formatInputError(error)}\n`);
    return EXIT.usage;
  }
}

async function subjectOf(path: string, name: string, survey: Survey, io: Io): Promise<Subject> {
  const { resolved, extra } = survey;
  const host = resolved.hosts.get(name);
  if (!host) {
    const message = `Cannot explain host ${quote(name)}: the inventory names no such host`;
    throw refusal("unknown-host", message, didYouMean(name, resolved.hosts.keys()));
  }
  return { host, extra, unwritten: await unwrittenOf(path, name, survey, io) };
}

/** What nobody wrote; an inventory with mistakes is explained as far as it goes. */
async function unwrittenOf(
  path: string,
  host: string,
  survey: Survey,
  io: Io,
): Promise<ReadonlyMap<string, readonly Unwritten[]>> {
  const found = new Map<string, readonly Unwritten[]>(
    [...connectionDefaults(host)].map(([key, value]) => [key, [value]]),
  );
  // What the survey found has been shown.
  const diagnostics = survey.diagnostics.filter(({ severity }) => severity !== "error");
  try {
    const { inventory } = await judge(path, { ...survey, diagnostics }, { secrets: noSecrets });
    for (const endpoint of inventory.endpoints) {
      const member = endpoint.members.find((each) => each.host.name === host);
      if (member) unwritten(endpoint, member).forEach((value, key) => found.set(key, value));
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err(`${formatInputError(error)}\nwarning: defaults and derived values are left out\n`);
  }
  return found;
}

function unknownKey(host: string, key: string, { host: { merged }, unwritten }: Subject) {
  const message = `Cannot explain ${quote(key)} of host ${quote(host)}: nothing sets it`;
  const paths = [...merged].flatMap(([name, { node }]) => pathsIn(name, node));
  const known = new Set([...paths, ...unwritten.keys(), ...schemaKeys()]);
  return refusal("unknown-key", message, didYouMean(key, known));
}

/** A key and the keys of the maps below it; lists are not walked, as nobody mistypes a number. */
function pathsIn(path: string, node: Located): string[] {
  if (node.kind !== "map") return [path];
  return [
    path,
    ...[...node.entries].flatMap(([key, entry]) => pathsIn(`${path}.${key}`, entry.node)),
  ];
}

function refusal(code: string, message: string, hint?: string): InputError {
  return new InputError([
    { severity: "error", code, message, ...(hint === undefined ? {} : { hint }) },
  ]);
}
