/**
 * `lint`: traps in an inventory, or in configurations that were written by hand.
 * @module
 */
import { formatDiagnostics } from "../../diagnostics.ts";
import { EXIT, InputError } from "../../errors.ts";
import type { EventOf } from "../../events.ts";
import { noSecrets } from "../../inventory/load.ts";
import { LINTS } from "../../lints/mod.ts";
import type { Diagnostic } from "../../model.ts";
import { byPlace, lint } from "../../lints/run.ts";
import { ownFile } from "../../own_files.ts";
import { loadTemplates } from "../../templates.ts";
import type { Io } from "../io.ts";
import { load } from "../load.ts";
import { predictions } from "../predictions.ts";
import { type Reports, withReports } from "../reports.ts";
import { byHand, type Named } from "./by_hand.ts";
import { unseenScripts } from "./check_scripts.ts";
import { explain, list, notIgnored } from "./codes.ts";
import { predictedByHand } from "./hand_predictions.ts";
import { type Linted, lintEndpoints } from "./inventory.ts";
import { OWN_CODES } from "./own_codes.ts";
import { predictionLines } from "./prediction_lines.ts";
import { textsOf } from "./rendered.ts";

/** Flags of `lint`. */
export interface LintFlags extends Named {
  /** `k=v`, JSON or `@file`, in order. */
  readonly extraVars?: readonly string[] | undefined;
  /** Longest failover that files by hand may come to, in milliseconds. */
  readonly slo?: number | undefined;
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
  const { keepalived = [], haproxy = [], script = [], unit = [] } = flags;
  const files = [...keepalived, ...haproxy, ...script, ...unit];
  const subject = inventory ?? files.join(", ");
  let refusal: InputError | undefined;
  const code = await withReports(subject, flags, io, async (reports) => {
    const since = Date.now();
    if ((inventory === undefined) === (files.length === 0)) throw usage(inventory);
    if (inventory !== undefined) refuseByHand(flags);
    const refused = notIgnored(flags.ignore ?? []);
    if (refused.length > 0) throw new InputError(refused);
    const looking = inventory === undefined ? handWritten(flags) : ofInventory(inventory, flags);
    const found = await looking.catch((error) => {
      if (error instanceof InputError) refusal = error;
      throw error;
    });
    const ignored = new Set(flags.ignore);
    const shown = found.diagnostics.filter(({ code }) => !ignored.has(code));
    return say(subject, { ...found, diagnostics: shown }, flags, reports, since);
  });
  // What is wrong with it was shown by now.
  if (refusal !== undefined) io.err(`\n${tally(refusal.diagnostics)}\n`);
  return code;
}

/** What was found, and what is predicted. */
interface Found extends Linted {
  /** How long failovers would take, as events of a moment. */
  predicted(at: number): readonly EventOf<"prediction">[];
}

async function handWritten(flags: LintFlags): Promise<Found> {
  const subject = await byHand(flags);
  const { warnings, events } = predictedByHand(subject, flags.slo);
  return {
    diagnostics: [...lint(subject, LINTS), ...unseenScripts(subject), ...warnings]
      .toSorted(byPlace),
    sources: textsOf(subject),
    predicted: events,
  };
}

async function ofInventory(path: string, flags: LintFlags): Promise<Found> {
  // Its warnings are found like all others: shown with them, and counted.
  const loaded = await load(path, flags, { err: () => {} }, noSecrets);
  const templates = await loadTemplates(ownFile("templates/"));
  const { diagnostics, sources } = lintEndpoints(loaded.endpoints, loaded, templates);
  const { warnings, events } = predictions(loaded.endpoints, loaded.written);
  const all = [...loaded.warnings, ...diagnostics, ...warnings];
  return { diagnostics: all, sources, predicted: events };
}

function say(
  subject: string,
  { diagnostics, sources, predicted }: Found,
  flags: LintFlags,
  { io, record, note }: Reports,
  since: number,
): number {
  const has = (severity: Diagnostic["severity"]) =>
    diagnostics.some((it) => it.severity === severity);
  const bad = has("error") || (flags.strict === true && has("warning"));
  const exitCode = bad ? EXIT.usage : EXIT.ok;
  const start = { hosts: [], places: {}, play: "lint", inventory: subject } as const;
  record({ type: "run-start", at: since, mode: "lint", ...start });
  const predictions = predicted(since);
  for (const each of predictions) record(each);
  note(diagnostics);
  if (flags.json !== true) {
    const print = (text: string) => io.out(`${text}\n`);
    // What is found is the result: all of it, however much.
    for (const each of diagnostics) print(formatDiagnostics([each], sources) + "\n");
    for (const each of predictionLines(predictions)) print(each);
    print(tally(diagnostics));
    const first = diagnostics.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
      .find((it) => [...LINTS, ...OWN_CODES].some(({ code }) => code === it.code));
    if (first !== undefined) {
      print(`What one of them is about: holdfast lint --explain ${first.code}`);
    }
  }
  record({ type: "run-end", at: Date.now(), exitCode, hosts: {}, ms: Date.now() - since });
  return exitCode;
}

/** What is worst is explained. */
const RANK = { error: 0, warning: 1, note: 2 } as const;

/** How many there are of each kind: `1 error, 2 warnings`. */
function tally(diagnostics: readonly Diagnostic[]): string {
  const of = (severity: Diagnostic["severity"]) =>
    diagnostics.filter((it) => it.severity === severity).length;
  const notes = of("note");
  const seen = notes === 0 ? "" : `, ${count(notes, "note")}`;
  return `${count(of("error"), "error")}, ${count(of("warning"), "warning")}${seen}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function usage(inventory: string | undefined): InputError {
  const message = inventory === undefined
    ? "Cannot lint: neither an inventory nor a file is named"
    : "Cannot lint an inventory and files at once";
  const hint = "holdfast lint INVENTORY, or holdfast lint --keepalived FILE --haproxy FILE";
  return new InputError([{ severity: "error", code: "usage", message, hint }]);
}

/** An inventory says itself what it promises, and which systems its hosts have is asked of them. */
function refuseByHand({ slo, system, haproxyVersion, keepalivedVersion }: LintFlags): void {
  const named = { "--slo": slo, "--system": system, "--haproxy-version": haproxyVersion };
  const all = { ...named, "--keepalived-version": keepalivedVersion };
  const given = Object.entries(all).filter(([, value]) => value !== undefined).map(([it]) => it);
  if (given.length === 0) return;
  const message = `Cannot take ${given.join(" and ")} for an inventory: that is for files by hand`;
  const hint = slo === undefined
    ? "leave it out: what is rendered goes by the versions that check and apply find on the hosts"
    : "slo: { failover: 2s } in the endpoint map of the inventory";
  throw new InputError([{ severity: "error", code: "usage", message, hint }]);
}
