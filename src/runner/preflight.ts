/**
 * Before the first change of an endpoint the world around it is asked: what would make the change
 * fail, or hurt somebody else, is said while nothing has happened yet.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type {
  Change,
  Diagnostic,
  ExecResult,
  Finding,
  Planned,
  Preflight,
  PreflightAnswer,
} from "../model.ts";
import { asTask, type Forecast } from "./forecast.ts";
import type { Group } from "./group.ts";
import { begin, type Effects, end, finish, type HostRun } from "./host.ts";
import { compose, takeApart } from "./look.ts";
import type { Decision } from "./plan.ts";
import type { RunSpec } from "./spec.ts";

const TASK = { kind: "preflight", name: "preflight" };

/** Longest that a host may take to answer all questions together. */
const DEADLINE_MS = 40_000;

/** Answers by name of the preflight, then by host. */
type Answers = ReadonlyMap<string, ReadonlyMap<string, PreflightAnswer>>;

/** The questions that need no waiting, which a check asks in its one look. */
export function quickOnes(preflights: readonly Preflight[]): readonly Preflight[] {
  return preflights.filter(({ waits, probe }) => !waits && probe !== undefined);
}

/** Keeps what a look has brought of {@link quickOnes}. */
export function keepEarly(
  { preflights, early }: Group,
  host: string,
  answers: readonly ExecResult[],
  asked: { readonly askedAt: number; readonly answeredAt: number },
): void {
  quickOnes(preflights).forEach(({ name }, i) => {
    const answer = answers[i];
    if (answer === undefined) return;
    early.set(name, (early.get(name) ?? new Map()).set(host, { ...answer, ...asked }));
  });
}

/**
 * What is about to be made on each host: changes, handlers as changes, and what could not be planned
 * there: the others are not to begin with what one of them cannot have.
 */
export function plannedOf(
  forecasts: readonly { readonly run: HostRun; readonly forecast: Forecast }[],
): Planned {
  return new Map(forecasts.map(({ run, forecast: { decisions, handlers } }) => [
    run.member.host.name,
    [
      ...decisions.flatMap((it) => "plan" in it ? it.plan.changes : unplanned(it)),
      ...handlers.flatMap((handler) => asTask(handler).changes),
    ],
  ]));
}

function unplanned({ task, targets }: Extract<Decision, { error: string }>): Change[] {
  return targets.length === 0 ? [] : [{ kind: "run", targets, summary: task.name, script: ":" }];
}

/**
 * Asks what these changes can fail by, all hosts side by side, and says what was found. Gives whether
 * the endpoint may be changed. A check asks even where nothing is to change, but for what waits; what
 * is wrong is then a warning, because there is nothing to stop.
 */
export async function preflight(
  group: Group,
  planned: Planned,
  { mode, skipPreflight = new Set() }: RunSpec,
  effects: Effects,
): Promise<boolean> {
  const { preflights, shared } = group;
  // Of hosts that cannot be reached that has been said.
  if (shared.facts.size === 0) return true;
  const since = effects.now();
  const concerning = preflights.filter((it) => it.concerns(planned));
  const due = preflights.filter((it) => concerning.includes(it) || (mode === "check" && !it.waits));
  if (due.length === 0) return true;
  const answers = await ask(group, due, effects);
  if (effects.signal.aborted) return false;
  const verdicts = due.map((one) => {
    const { findings, message } = one.judge(answers.get(one.name) ?? new Map(), shared.facts);
    const leave = skipPreflight.has(one.name) || !concerning.includes(one);
    const stopping = findings.map((it) => say(group, one.name, it, leave, effects));
    return { message, stops: stopping.includes(true) };
  });
  const stops = verdicts.some((it) => it.stops);
  const said = verdicts.flatMap(({ message }) => message ?? []);
  const asked = `asked about ${due.map(({ name }) => name).join(", ")}`;
  conclude(group, stops, said.length === 0 ? asked : said.join(", "), since, effects);
  return !stops;
}

function conclude(
  { endpoint }: Group,
  stops: boolean,
  message: string,
  since: number,
  { emit, now }: Effects,
): void {
  const at = now();
  emit({
    type: "check-end",
    at,
    endpoint: endpoint.name,
    check: "preflight",
    status: stops ? "failed" : "ok",
    message,
    ms: at - since,
  });
}

/** Says of every host that was to be changed that nothing was done, and of the conditions too. */
export function leaveAsIs({ runs, checks, endpoint }: Group, effects: Effects): void {
  for (const run of runs.filter(({ selected }) => selected)) {
    for (const task of run.tasks) end(run, effects, { task, status: "skipped" });
    finish(run, effects);
  }
  for (const { name: check } of checks) {
    effects.emit({
      type: "check-end",
      at: effects.now(),
      endpoint: endpoint.name,
      check,
      status: "skipped",
      message: "nothing was done, because the preflight failed",
      ms: 0,
    });
  }
}

/** What the look has not brought is asked, everything of a host in one round trip. */
async function ask(group: Group, due: readonly Preflight[], effects: Effects): Promise<Answers> {
  const { runs, early } = group;
  const open = due.filter(({ name, probe }) => probe !== undefined && !early.has(name));
  // Together, whatever --forks says: some of them listen to each other.
  const found = open.length === 0
    ? []
    : await Promise.all(runs.map((run) => isAsked(run) ? askHost(run, open, group, effects) : []));
  const names = runs.map(({ member: { host } }) => host.name);
  // In the order of the inventory, whoever answered first.
  return new Map(due.map((one) => {
    const answerOf = (host: string, i: number) =>
      early.get(one.name)?.get(host) ?? found[i]?.[open.indexOf(one)];
    const answers = names.flatMap((host, i) => {
      const answer = answerOf(host, i);
      return answer === undefined ? [] : [[host, answer] as const];
    });
    return [one.name, new Map(answers)];
  }));
}

const isAsked = ({ member, stopped, session }: HostRun) =>
  member.absent !== true && !stopped && session !== undefined;

async function askHost(
  run: HostRun,
  open: readonly Preflight[],
  { shared }: Group,
  effects: Effects,
): Promise<readonly PreflightAnswer[]> {
  const { session, member: { host: { name } } } = run;
  const mark = effects.nonce();
  // Those that ask the same share the answer.
  const texts = open.map(({ probe }) => probe?.(name, shared.facts) ?? ":");
  const probes = [...new Set(texts)];
  if (run.selected) begin(run, effects, TASK);
  const askedAt = effects.now();
  try {
    const answer = await session?.run(compose(probes, mark), { timeoutMs: DEADLINE_MS });
    const answeredAt = effects.now();
    if (answer === undefined) return [];
    const found = takeApart(answer, probes.length, mark);
    return texts.flatMap((text) => {
      const one = found[probes.indexOf(text)];
      return one === undefined ? [] : [{ ...one, askedAt, answeredAt }];
    });
  } catch (error) {
    if (error instanceof RangeError) {
      const message = `Cannot ask "${name}" what a change would meet: ${error.message}`;
      if (run.selected) end(run, effects, { task: TASK, status: "failed", error: message });
      return [];
    }
    if (!(error instanceof ConnectError)) throw error;
    if (run.selected) {
      end(run, effects, { task: TASK, status: "unreachable", error: error.message });
    }
    run.stopped = true;
    return [];
  }
}

/** Says one finding; gives whether it stops the endpoint. */
function say(
  { runs }: Group,
  name: string,
  { severity, hosts, message, hint }: Finding,
  leave: boolean,
  effects: Effects,
): boolean {
  const changing = runs.filter(({ selected, member: { host } }) =>
    selected && hosts.includes(host.name)
  );
  if (severity === "error" && !leave && changing.length > 0) {
    const way = [
      ...hint === undefined ? [] : [hint],
      `to go on all the same: --skip-preflight ${name}`,
    ];
    for (const run of changing) {
      const error = `Cannot begin on "${run.member.host.name}": ${message}; ${way.join("; ")}`;
      end(run, effects, { task: { ...TASK, name: `preflight ${name}` }, status: "failed", error });
    }
    return true;
  }
  const whom = hosts.map((host) => `"${host}"`).join(", ");
  const diagnostic: Diagnostic = {
    severity: severity === "error" ? "warning" : severity,
    code: `preflight-${name}`,
    message: severity === "note" ? `not checked on ${whom}: ${message}` : `${whom}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
  effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  return false;
}
