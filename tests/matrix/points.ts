/**
 * The fault points of a deploy: every step of it with every fault, from a record without any. Pure.
 * @module
 */
import type { Condition, Fault, Injection, Moment, Outage, Passing } from "./fault.ts";
import { labelOf } from "./labels.ts";
import type { Recorded } from "./scenario.ts";
import { differing } from "./state.ts";

/** One cell of the matrix. */
export interface Cell {
  /** Which deploy. */
  readonly scenario: string;
  /** What the step is for. */
  readonly step: string;
  /** What goes wrong, and where. */
  readonly injection: Injection;
}

const REQUEST: readonly Passing[] = ["one byte", "half", "all but the last byte"];
const REPLY: readonly Passing[] = ["nothing", "half", "all but the last byte"];
// A host that stays off makes its run wait for minutes: most of them boot at once.
const OUTAGES: readonly Outage[] = [
  "until the run has ended",
  "for 2 s",
  "for 2 s",
  "for 2 s",
  "for 2 s",
];
const MOMENTS: readonly Moment[] = ["request", "step", "reply"];

/** What can happen to a step whatever it does; which byte and moment turns with the step. */
const ANYWHERE: readonly ((turn: number) => Fault)[] = [
  (turn) => ({ kind: "link dropped", moment: "request", passing: turned(REQUEST, turn) }),
  () => ({ kind: "link dropped", moment: "step", passing: "nothing" }),
  (turn) => ({ kind: "link dropped", moment: "reply", passing: turned(REPLY, turn) }),
  () => ({ kind: "link dropped", moment: "reply", passing: "half a frame" }),
  () => ({ kind: "reply delayed", moment: "reply" }),
  () => ({ kind: "garbage before a frame", moment: "reply" }),
  (turn) => ({ kind: "ssh exit 255", moment: turned(MOMENTS, turn) }),
  (turn) => ({ kind: "ssh SIGKILL", moment: turned(MOMENTS, turn + 1) }),
  () => ({ kind: "remote shell SIGKILL", moment: "step" }),
  (turn) => ({ kind: "controller SIGKILL", moment: turned(MOMENTS, turn) }),
  (turn) => ({
    kind: "host power-off",
    moment: turned(MOMENTS, turn + 1),
    off: turned(OUTAGES, turn),
  }),
  () => condition("disk full"),
  () => condition("state disk full"),
  () => condition("disk read-only"),
  () => condition("state disk read-only"),
];

/** What is so from the beginning, and strikes when its step comes. */
const FROM_THE_START: readonly Condition[] = [
  "haproxy refuses",
  "keepalived refuses",
  "haproxy dies",
  "keepalived dies",
  "dpkg locked",
];

function turned<T>(list: readonly T[], turn: number): T {
  const found = list[turn % list.length];
  if (found === undefined) throw new RangeError("Cannot turn an empty list");
  return found;
}

function condition(name: Condition): Fault {
  return { kind: "condition", moment: "request", condition: name };
}

/** Every fault at every step of a recorded deploy. */
export function allPoints(recorded: Recorded): Cell[] {
  const { scenario: { name: scenario }, trace } = recorded;
  const everywhere = trace.flatMap(({ host, session, step, script }, turn) =>
    ANYWHERE.map((fault): Cell => ({
      scenario,
      step: labelOf(script),
      injection: {
        at: { host, session, step },
        // So that a selection of every so many steps does not meet the same moment every time.
        fault: fault(turn + Math.floor(turn / ANYWHERE.length)),
      },
    }))
  );
  const starts = trace.filter(({ session, step }) => session === 1 && step === 1);
  const fromTheStart = starts.flatMap(({ host, session, step, script }) =>
    FROM_THE_START.filter((name) => applies(name, host, recorded)).map((name): Cell => ({
      scenario,
      step: labelOf(script),
      injection: { at: { host, session, step }, fault: condition(name) },
    }))
  );
  return [...everywhere, ...fromTheStart];
}

/** Whether a deploy comes to where a condition strikes. */
function applies(
  name: Condition,
  host: "lb1" | "lb2",
  { before, after, trace }: Pick<Recorded, "before" | "after" | "trace">,
): boolean {
  const changed = differing(before[host].files, after[host].files);
  switch (name) {
    case "dpkg locked":
      return trace.some(({ script }) => labelOf(script) === "install packages");
    case "haproxy dies":
      return changed.includes("haproxy/haproxy.cfg");
    case "keepalived dies":
      return changed.includes("keepalived/keepalived.conf");
    default:
      return changed.some((path) => /^(haproxy|keepalived)\//.test(path));
  }
}

/**
 * A part of the points in which every step and every fault is met: each step with every `stride`-th
 * fault, another one than the step before it. What is so from the start is never left out.
 */
export function selection(cells: readonly Cell[], stride: number): Cell[] {
  const everywhere = cells.length - cells.filter(isFromTheStart).length;
  return cells.filter((cell, i) => {
    if (isFromTheStart(cell) || stride === 1) return true;
    const [step, fault] = [Math.floor(i / ANYWHERE.length), i % ANYWHERE.length];
    return i < everywhere && (step + fault) % stride === 0;
  });
}

/** Whether a cell is about something that is so from the beginning. */
export function isFromTheStart({ injection: { fault } }: Pick<Cell, "injection">): boolean {
  return fault.kind === "condition" && FROM_THE_START.includes(fault.condition);
}
