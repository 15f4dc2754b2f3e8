/**
 * `placement apply`: rules of platforms are made as the inventory wishes them. Everything is planned
 * before the first write, an error means no write at all, and what was written is looked at again.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import { EXIT } from "../../errors.ts";
import type { Diagnostic } from "../../model.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { exitCode } from "./check.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { placementJson } from "./json.ts";
import { withPlacements } from "./open.ts";
import { type ApplyFlags, perform, planAll, type Progress, SHARED, type Task } from "./perform.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { summaryText } from "./summary.ts";
import { placementText, type Planned } from "./text.ts";
import type { Waiting } from "./wait.ts";

export type { ApplyFlags };

/** Writes what is missing, and gives the exit code. */
export function applyPlacement(
  path: string,
  flags: ApplyFlags,
  io: Io,
  waiting?: Waiting,
): Promise<number> {
  const progress: Progress = { writing: false };
  const first = () => progress.writing ? TEXTS.writing : TEXTS.looking;
  return withPlacements(path, flags, io, {
    work: (opened) =>
      interruptible(
        opened.io,
        (signal) => applyOpened({ opened, flags, signal, waiting, progress }),
        { first },
      ),
    failed: (errors) =>
      placementJson([], { check: flags.check === true, written: [], after: [] }, errors),
  });
}

/** Holds a session with every platform while the work lasts. */
async function applyOpened(task: Task): Promise<number> {
  const { opened: { placements, site }, flags } = task;
  await using stack = new AsyncDisposableStack();
  const purpose = {
    purpose: "apply",
    prune: flags.prune === true,
    takeOver: flags.takeOver === true,
  } as const;
  const subjects: Subject[] = [];
  for (const settings of placements) {
    subjects.push(stack.use(await subjectOf(settings, site, purpose)));
  }
  return await apply(subjects, task);
}

const TEXTS = {
  writing: "Stopping after the rule that is being written; interrupt again to stop at once",
  looking: "Stopping, no rule is being written now; interrupt again to stop at once",
};

async function apply(subjects: readonly Subject[], task: Task): Promise<number> {
  const { opened: { io, say, site }, flags: { check = false, diff, json } } = task;
  const plans = await planAll(subjects);
  const code = exitCode(plans.map(({ plan }) => plan));
  const idle = check || code === EXIT.usage;
  if (json !== true) io.out(placementText(plans, { diff, groupsOnly: !idle }));
  // Who shares a host now is said at the end, when it is known who still does.
  const found = plans.flatMap((it) => [...unused(it, task), ...diagnosticsOf(it, site.locate)]);
  say(idle ? found : found.filter(({ code }) => !SHARED.has(code)));
  if (!idle) return await perform(subjects, plans, task);
  if (json === true) io.out(placementJson(plans, { check, written: [], after: [] }));
  else io.out(summaryText(plans, { check, written: [], after: plans }));
  return code;
}

/** Options that do nothing where there are no rules. */
function unused({ settings, options }: Planned, { opened: { site }, flags }: Task): Diagnostic[] {
  const given = [
    ...flags.wait === undefined ? [] : ["--wait"],
    ...flags.prune === true ? ["--prune"] : [],
    ...flags.takeOver === true ? ["--take-over"] : [],
  ];
  if (options.canEnforce) return [];
  const source = site.locate({ placement: settings.name }, []);
  return given.map((option) => ({
    severity: "note",
    code: "option-unused",
    message: `${option} does nothing for the placement of ${quote(settings.name)}: provider ` +
      `${settings.provider} has no rules`,
    ...(source !== undefined && { source }),
  }));
}
