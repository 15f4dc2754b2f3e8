/**
 * One host during a run: its session, what was seen, and how its events look.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { ChangeReport, Event, Status } from "../events.ts";
import type {
  Agreement,
  Change,
  Connect,
  Endpoint,
  ExecResult,
  Facts,
  GroupCheck,
  Handler,
  Keeper,
  Member,
  Session,
  StandDown,
  Task,
} from "../model.ts";
import type { About, Retreat } from "../journal/open.ts";
import { OPEN_PROBE, type OpenRun, parseOpen } from "../journal/verdict.ts";
import type { Bond } from "./bond.ts";
import { factsScript, parseFacts } from "./facts.ts";
import type { LockHolder } from "./lock.ts";
import { askTogether } from "./ask_together.ts";
import { compose, takeApart } from "./look.ts";
import { PENDING_PROBE } from "./script.ts";

/** The world as the runner may touch it, passed in from the rim. */
export interface Effects {
  /** Opens a session. */
  readonly connect: Connect;
  /** Reports what happens. */
  emit(event: Event): void;
  /** Epoch milliseconds. */
  now(): number;
  /** Waits. Ends early when the run is interrupted. */
  sleep(ms: number): Promise<void>;
  /** How a change looks to people: its diff, secrets masked. */
  describe(change: Change): ChangeReport;
  /** Asks whether the changes of a task shall be made, where a person wants to be asked. */
  approve?(host: string, task: Task, changes: readonly ChangeReport[]): Promise<boolean>;
  /** A word that no host can guess, new at every call. */
  nonce(): string;
  /** Becomes aborted when the run shall stop after the step that is under way. */
  readonly signal: AbortSignal;
}

/** One host during a run. */
export interface HostRun {
  /** Its endpoint. */
  readonly endpoint: Endpoint;
  /** The host as a member of it. */
  readonly member: Member;
  /** Whether it may be changed; the others are only observed. */
  readonly selected: boolean;
  /** Tasks from top to bottom. */
  readonly tasks: readonly Task[];
  /** Handlers in the order in which they run. */
  readonly handlers: readonly Handler[];
  /** Its shell; unset: unreachable. */
  session?: Session;
  /** A connection that was opened after its change, to confirm it. */
  fresh?: Session;
  /** What was last seen for each task. */
  seen: ExecResult[];
  /** What the first look found that it says to the other members; unset: nothing. */
  says?: Agreement;
  /** Handlers that are due, from this run and from earlier ones. */
  readonly due: Set<string>;
  /** What its journal says of this run; unset: nothing is journalled. */
  readonly about?: About;
  /** What going back brings back beside files. */
  readonly keepers: readonly Keeper[];
  /** How it leaves the service to the others; unset: it cannot. */
  readonly standDown?: StandDown;
  /** Steps that were journalled. */
  steps: number;
  /** How long the last of them may take, in milliseconds: a host that is cut off waits for it. */
  stepMs?: number;
  /** The host goes back by itself unless it hears that it shall not. */
  opened?: boolean;
  /** It takes part in nothing yet, and will once the others know of it. */
  joins?: boolean;
  /** It was told to keep what was changed, whether or not it has heard it. */
  told?: boolean;
  /** It has left the service to the others, for the time of its change. */
  stoodDown?: boolean;
  /** How it goes back by itself when others change with it; unset: at once. */
  retreat?: Retreat;
  /** What this run changed on it was undone, or was to be. */
  wentBack?: boolean;
  /** Why it failed or was lost, the first reason. */
  failure?: string;
  /** Why its session no longer answers; unset: it does, or there was none. */
  lost?: string;
  /** It failed or was lost: nothing more is done on it. */
  stopped: boolean;
  /** A change was made on it in this run. */
  changed: boolean;
  /** Something that the play asks of it is not done: left out by choice, or declined. */
  partial: boolean;
  /** Its end was said: nothing more is done on it. */
  finished: boolean;
  /** What a plan allows, where one binds. */
  bond?: Bond;
  /** This run has its lock. */
  locked?: boolean;
  /** Who else has its lock. */
  held?: LockHolder;
}

/** What facts are asked for. */
export interface FactsAsked {
  /** Packages whose versions they shall hold. */
  readonly packages: readonly string[];
  /** Whether a host without package lists reads them, into a folder that goes again. */
  readonly fetchLists: boolean;
}

/** What one look brings back. */
export interface Seen {
  /** Facts of the host. */
  readonly facts: Facts;
  /** One answer for each task asked about. */
  readonly tasks: readonly ExecResult[];
  /** One answer for each group check asked about. */
  readonly checks: readonly ExecResult[];
  /** Handlers that an earlier run left undone. */
  readonly pending: readonly string[];
  /** A run that somebody left open. */
  readonly open?: OpenRun;
  /** What became of its lock, where that was asked for. */
  readonly lock?: ExecResult;
  /** One answer for each further question. */
  readonly more: readonly ExecResult[];
}

/** What a look asks beside facts, tasks and checks. */
export interface LookOptions {
  /** Text that takes the lock of the host, first of all. */
  readonly takeLock?: string | undefined;
  /** Further questions, asked last. */
  readonly more?: readonly string[];
}

/**
 * Facts, pending handlers, tasks and group checks of a host, in one round trip; before all of them
 * its lock, where there is text that takes it, so that nobody changes what is seen.
 * @throws {ConnectError} when the link is lost or the answer is cut short
 */
export async function look(
  run: HostRun,
  tasks: readonly Task[],
  checks: readonly GroupCheck[],
  { packages, fetchLists }: FactsAsked,
  { nonce }: Pick<Effects, "nonce">,
  { takeLock, more = [] }: LookOptions = {},
): Promise<Seen> {
  const { session, member: { host } } = run;
  if (session === undefined) throw new TypeError(`Cannot look at "${host.name}": no session`);
  const mark = nonce();
  const together = askTogether([
    ...tasks.map(({ probe, pieces }) => pieces ?? [probe]),
    ...checks.map((check) => check.pieces?.(host.name) ?? [check.probe(host.name)]),
  ]);
  const probes = [
    ...(takeLock === undefined ? [] : [takeLock]),
    factsScript(packages, { fetchLists }),
    PENDING_PROBE,
    OPEN_PROBE,
    ...together.probes,
    ...more,
  ];
  const answer = await session.run(
    compose(probes, mark),
    fetchLists ? { timeoutMs: 120_000 } : {},
  );
  let answers: ExecResult[];
  try {
    answers = takeApart(answer, probes.length, mark);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConnectError(host.name, `Cannot look at "${host.name}": ${error.message}`);
  }
  const lock = takeLock === undefined ? undefined : answers.shift();
  const [facts, pending, journal, ...rest] = answers;
  const answered = together.answers(rest.splice(0, together.probes.length));
  const open = parseOpen(journal?.stdout ?? "");
  return {
    ...(lock === undefined ? {} : { lock }),
    ...(open === undefined ? {} : { open }),
    facts: parseFacts(facts?.stdout ?? ""),
    pending: (pending?.stdout ?? "").split("\n").filter((line) => line !== ""),
    tasks: answered.slice(0, tasks.length),
    checks: answered.slice(tasks.length),
    more: rest,
  };
}

/** Reports that a host begins with something that takes time. */
export function begin(run: HostRun, effects: Effects, task: { kind: string; name: string }): void {
  effects.emit({
    type: "task-start",
    at: effects.now(),
    host: run.member.host.name,
    endpoint: run.endpoint.name,
    kind: task.kind,
    task: task.name,
  });
}

/** Reports once that nothing more is done on a host, whatever became of it. */
export function finish(run: HostRun, { emit, now }: Effects): void {
  if (run.finished) return;
  run.finished = true;
  emit({ type: "host-end", at: now(), host: run.member.host.name, endpoint: run.endpoint.name });
}

/** What to say of a task when it has ended. */
export interface TaskEnd {
  /** Kind and name of what ended. */
  readonly task: { readonly kind: string; readonly name: string };
  /** How. */
  readonly status: Status;
  /** What it changed or would change. */
  readonly changes?: readonly Change[];
  /** Why it failed. */
  readonly error?: string;
  /** When it began, epoch milliseconds. */
  readonly since?: number;
}

/** Reports the end of a task on a host. A failure stops the host. */
export function end(run: HostRun, effects: Effects, ended: TaskEnd): void {
  const { task, status, changes = [], error, since } = ended;
  const at = effects.now();
  if (status === "failed" || status === "unreachable") {
    run.stopped = true;
    run.failure ??= error ?? status;
  }
  effects.emit({
    type: "task-end",
    at,
    host: run.member.host.name,
    endpoint: run.endpoint.name,
    kind: task.kind,
    task: task.name,
    status,
    changes: changes.map((change) => effects.describe(change)),
    ms: since === undefined ? 0 : at - since,
    ...(error === undefined ? {} : { error }),
  });
}
