/**
 * `placement apply`: rules of platforms are made as the inventory wishes them. Everything is planned
 * before the first write, an error means no write at all, and what was written is looked at again.
 * @module
 */
import { EXIT } from "../../errors.ts";
import type { Diagnostic } from "../../model.ts";
import type { PlacementProvider } from "../../placement/model.ts";
import type { RuleChange } from "../../placement/plan_model.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { differenceLines, doneText } from "./changes.ts";
import { exitCode } from "./check.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { placementJson, type Written } from "./json.ts";
import { ObstacleError, overObstacles } from "./obstacles.ts";
import { type Opened, type OpenFlags, withPlacements } from "./open.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { summaryText } from "./summary.ts";
import { placementText, type Planned } from "./text.ts";
import { untilApart, type Waiting } from "./wait.ts";

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

/** Writes what is missing, and gives the exit code. */
export function applyPlacement(
  path: string,
  flags: ApplyFlags,
  io: Io,
  waiting?: Waiting,
): Promise<number> {
  return withPlacements(path, flags, io, (opened) =>
    interruptible(opened.io, async (signal) => {
      await using stack = new AsyncDisposableStack();
      const purpose = {
        purpose: "apply",
        prune: flags.prune === true,
        takeOver: flags.takeOver === true,
      } as const;
      const subjects: Subject[] = [];
      for (const settings of opened.placements) {
        subjects.push(stack.use(await subjectOf(settings, opened.site, purpose)));
      }
      return await apply(subjects, { opened, flags, signal, waiting });
    }, TEXTS));
}

const TEXTS = {
  first: "Stopping after the rule that is being written; interrupt again to stop at once",
};

/** What carrying out plans is about. */
interface Task {
  readonly opened: Opened;
  readonly flags: ApplyFlags;
  readonly signal: AbortSignal;
  readonly waiting: Waiting | undefined;
}

async function apply(subjects: readonly Subject[], task: Task): Promise<number> {
  const { opened: { io, say, site }, flags: { check = false, diff, json } } = task;
  const plans = await planAll(subjects);
  const code = exitCode(plans.map(({ plan }) => plan));
  const idle = check || code === EXIT.usage;
  if (json !== true) io.out(placementText(plans, { diff, groupsOnly: !idle }));
  // Who shares a host now is said at the end, when it is known who still does.
  const found = plans.flatMap((it) => diagnosticsOf(it, site.locate));
  say(idle ? found : found.filter(({ code }) => !SHARED.has(code)));
  if (!idle) return await perform(subjects, plans, task);
  if (json === true) io.out(placementJson(plans, { check, written: [], after: [] }));
  else io.out(summaryText(plans, { check, written: 0, after: plans }));
  return code;
}

/** Writes, looks again and waits, and says what came of it. */
async function perform(
  subjects: readonly Subject[],
  plans: readonly Planned[],
  task: Task,
): Promise<number> {
  const { opened: { io, say }, flags, signal } = task;
  const json = flags.json === true;
  const written: Written[] = [];
  let after: readonly Planned[] = [];
  try {
    await writeAll(subjects, plans, task, written);
    // What was written, and where machines are by now, is looked at again.
    after = written.length === 0 ? plans : await planAll(subjects);
    if (!signal.aborted) after = await untilApart(subjects, after, waitOf(task));
  } catch (error) {
    if (!(error instanceof ObstacleError)) throw error;
    say(error.diagnostics);
    // 1 means that nothing was written.
    return error.code === EXIT.usage && written.length > 0 ? EXIT.failed : error.code;
  } finally {
    // Whatever got in the way: what was written is said.
    if (json) io.out(placementJson(plans, { check: false, written, after }));
  }
  if (!json) io.out(summaryText(plans, { check: false, written: written.length, after }));
  say(after.flatMap((it) => leftOf(it, task)));
  if (signal.aborted) return EXIT.interrupted;
  return exitCode(after.map(({ plan }) => plan)) === EXIT.ok ? EXIT.ok : EXIT.failed;
}

/** What is still wrong after everything was written. */
function leftOf(planned: Planned, { opened: { site }, flags }: Task): Diagnostic[] {
  const all = diagnosticsOf(planned, site.locate).filter(({ severity }) => severity === "error");
  if (flags.wait !== undefined || !planned.options.canEnforce) return all;
  // A rule moves nothing at once.
  const hint = "--wait 10m looks again until the platform has moved them";
  return all.map((it) => SHARED.has(it.code) ? { ...it, hint } : it);
}

const SHARED: ReadonlySet<string> = new Set(["shared-host", "shared-domain"]);

async function planAll(subjects: readonly Subject[]): Promise<readonly Planned[]> {
  const plans: Planned[] = [];
  for (const subject of subjects) plans.push(await subject.plan());
  return plans;
}

async function writeAll(
  subjects: readonly Subject[],
  plans: readonly Planned[],
  { opened: { io, site }, flags, signal }: Task,
  written: Written[],
): Promise<void> {
  for (const [i, { settings, provider }] of subjects.entries()) {
    const planned = plans[i];
    for (const change of planned?.plan.changes ?? []) {
      if (signal.aborted || planned === undefined) return;
      await overObstacles(settings, site, () => carryOut(provider, change));
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
