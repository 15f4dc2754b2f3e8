/**
 * The flags that choose tasks, as a run takes them: which tasks are wanted, who is asked before a
 * change, and how a failure tells what was left out.
 * @module
 */
import { formatDiagnostics } from "../diagnostics.ts";
import { InputError } from "../errors.ts";
import type { Event, Mode } from "../events.ts";
import { errorAt } from "../inventory/problems.ts";
import type { Endpoint, Play } from "../model.ts";
import type { Effects } from "../runner/host.ts";
import type { RunSpec } from "../runner/run.ts";
import type { Io } from "./io.ts";
import { leftOut, sayLeftOut } from "./left_out.ts";
import { type HostTasks, type SelectionFlags, selectTasks } from "./selection.ts";
import { lineReader, Step } from "./step.ts";

/** Flags that choose tasks beforehand or one at a time. */
export interface ChoiceFlags extends SelectionFlags {
  /** Ask before each task that changes something. */
  readonly step?: boolean | undefined;
  /** Show differences. */
  readonly diff?: boolean | undefined;
}

/** What was chosen. */
export interface Chosen {
  /** Every selected host with its tasks. */
  readonly hosts: readonly HostTasks[];
  /** For the run's description. */
  readonly spec: Pick<RunSpec, "wanted">;
  /** For its effects. */
  effects(signal: AbortSignal): Pick<Effects, "approve">;
  /** Wraps what receives the events. */
  reportTo(write: (event: Event) => void): (event: Event) => void;
}

/**
 * Reads the flags that choose tasks.
 * @throws {InputError} when they mean nothing, nothing is left, or nobody could be asked
 */
export function chooseTasks(
  mode: Mode,
  flags: ChoiceFlags,
  on: { play: Play; endpoints: readonly Endpoint[]; selected: ReadonlySet<string> },
  io: Io,
): Chosen {
  refuseIdle(mode, flags);
  const { hosts, wanted, warnings } = selectTasks(flags, on.play, on.endpoints, on.selected);
  if (warnings.length > 0) io.err(`${formatDiagnostics(warnings)}\n`);
  const step = flags.step === true ? onTerminal(flags.diff === true, io) : undefined;
  return {
    hosts,
    spec: { wanted },
    effects: (signal) =>
      step === undefined
        ? {}
        : { approve: (host, task, changes) => step.approve(host, task, changes, signal) },
    reportTo: (write) => {
      if (step === undefined) return sayLeftOut(write, leftOut(hosts));
      return step.hold(sayLeftOut(write, leftOut(hosts), step.leftOut));
    },
  };
}

/** A flag that would do nothing was meant to do something. */
function refuseIdle(mode: Mode, { tags, skipTags, startAtTask, step }: ChoiceFlags): void {
  const given = { "--tags": tags, "--skip-tags": skipTags, "--start-at-task": startAtTask };
  const problems = Object.entries(given)
    .filter(([_, value]) => mode === "verify" && value !== undefined)
    .map(([flag]) => {
      const message = `Cannot use ${flag} with verify: it does no task, it looks at the whole`;
      return errorAt(undefined, "usage", message);
    });
  if (step === true && mode === "check") {
    const message = "Cannot use --step with --check: nothing is changed that could be asked about";
    problems.push(errorAt(undefined, "usage", message));
  }
  if (problems.length > 0) throw new InputError(problems);
}

function onTerminal(diff: boolean, io: Io): Step {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) {
    const message = "Cannot ask before each task (--step): there is no terminal to ask on";
    throw new InputError([errorAt(undefined, "usage", message)]);
  }
  return new Step({ ask: io.err, readLine: lineReader((buffer) => Deno.stdin.read(buffer)), diff });
}
