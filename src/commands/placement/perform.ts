/**
 * Carries out plans of placements: writes rule after rule, looks again, waits, and says what came of
 * it.
 * @module
 */
import { EXIT, InputError } from "../../errors.ts";
import type { Diagnostic } from "../../model.ts";
import type { PlacementProvider } from "../../placement/model.ts";
import type { RuleChange, Violation } from "../../placement/plan_model.ts";
import { differenceLines, doneText } from "./changes.ts";
import { exitCode } from "./check.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { placementJson, type Written } from "./json.ts";
import { ObstacleError, overObstacles } from "./obstacles.ts";
import type { Opened, OpenFlags } from "./open.ts";
import type { Subject } from "./subject.ts";
import { movedText, stoppedText, summaryText } from "./summary.ts";
import type { Planned } from "./text.ts";
import { isMovedApart, isSpread, untilApart, type Waiting } from "./wait.ts";

/** Flags of `placement apply`. */
export interface ApplyFlags extends OpenFlags {
  /** Say what would be written, and write nothing. */
  readonly check?: boolean | undefined;
  /** How long members may go on sharing a host, milliseconds. @default {0} */
  readonly wait?: number | undefined;
  /** Take away rules of groups that are gone. */
  readonly prune?: boolean | undefined;
  /** Rules of our names may lose machines that no group has, or go with them. */
  readonly takeOver?: boolean | undefined;
}

/** What carrying out plans is about. */
export interface Task {
  /** The inventory, and where what is found goes. */
  readonly opened: Opened;
  /** What was asked for. */
  readonly flags: ApplyFlags;
  /** Ends it before the next rule. */
  readonly signal: AbortSignal;
  /** The clock, for tests. */
  readonly waiting: Waiting | undefined;
  /** What is under way. */
  readonly progress: Progress;
}

/** What is under way, for who interrupts it. */
export interface Progress {
  /** Whether a rule is being written now. */
  writing: boolean;
}

/** Writes, looks again and waits, and says what came of it. */
export async function perform(
  subjects: readonly Subject[],
  plans: readonly Planned[],
  task: Task,
): Promise<number> {
  const { opened: { io, say }, flags, signal } = task;
  const json = flags.json === true;
  const written: Written[] = [];
  let after: readonly Planned[] = [];
  let errors: readonly Diagnostic[] = [BUG];
  try {
    await writeAll(subjects, plans, task, written);
    // What was written, and where machines are by now, is looked at again.
    after = written.length === 0 ? plans : await planAll(subjects);
    if (!signal.aborted) after = await untilApart(subjects, after, waitOf(task));
    errors = [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    errors = error.diagnostics;
    say(errors);
    if (!json) io.out(stoppedText(plans, written.map(({ change }) => change), errors));
    const code = error instanceof ObstacleError ? error.code : EXIT.usage;
    // 1 means that nothing was written.
    return code === EXIT.usage && written.length > 0 ? EXIT.failed : code;
  } finally {
    // Whatever got in the way: what was written is said.
    if (json) io.out(placementJson(plans, { check: false, written, after }, errors));
  }
  const changes = written.map(({ change }) => change);
  if (!json) {
    io.out(movedText(plans, after) + summaryText(plans, { check: false, written: changes, after }));
  }
  say(after.flatMap((it) => leftOf(it, task)));
  if (signal.aborted) return EXIT.interrupted;
  return exitCode(after.map(({ plan }) => plan)) === EXIT.ok ? EXIT.ok : EXIT.failed;
}

/** Of what nobody foresaw, the words stand on standard error. */
const BUG: Diagnostic = {
  severity: "error",
  code: "bug",
  message: "A bug in Holdfast came in the way",
};

/** What is still wrong after everything was written. */
function leftOf(planned: Planned, { opened: { site }, flags }: Task): Diagnostic[] {
  const hintOf = (violation: Violation) => {
    if (!planned.options.canEnforce) return undefined;
    if (isSpread(planned, violation)) return "move one by hand: policy: spread has no rule";
    // A rule moves nothing at once.
    return flags.wait === undefined && isMovedApart(planned, violation)
      ? "--wait 10m looks again until the platform has moved them"
      : undefined;
  };
  return diagnosticsOf(planned, site.locate, hintOf).filter(({ severity }) => severity === "error");
}

/** Codes of those that share something. */
export const SHARED: ReadonlySet<string> = new Set(["shared-host", "shared-domain"]);

/** Looks at every placement, and plans. @throws {ObstacleError} */
export async function planAll(subjects: readonly Subject[]): Promise<readonly Planned[]> {
  const plans: Planned[] = [];
  for (const subject of subjects) plans.push(await subject.plan());
  return plans;
}

async function writeAll(
  subjects: readonly Subject[],
  plans: readonly Planned[],
  { opened: { io, site }, flags, signal, progress }: Task,
  written: Written[],
): Promise<void> {
  for (const [i, { settings, provider }] of subjects.entries()) {
    const planned = plans[i];
    for (const change of planned?.plan.changes ?? []) {
      if (signal.aborted || planned === undefined) return;
      progress.writing = true;
      try {
        await overObstacles(settings, site, () => carryOut(provider, change));
      } finally {
        progress.writing = false;
      }
      written.push({ placement: settings.name, change });
      if (flags.json === true) continue;
      const more = flags.diff === true ? differenceLines(change, planned.seen) : [];
      io.out(`${[doneText(change), ...more].join("\n")}\n`);
    }
  }
}

async function carryOut(provider: PlacementProvider, change: RuleChange): Promise<void> {
  if (change.kind === "remove") return await provider.remove(change.rule);
  await provider.ensure(change.rule, change.kind === "change" ? change.current : undefined);
}

function waitOf({ opened: { io }, flags, signal, waiting }: Task) {
  return { ms: flags.wait ?? 0, signal, say: (text: string) => io.err(`${text}\n`), ...waiting };
}
