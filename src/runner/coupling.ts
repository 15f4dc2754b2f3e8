/**
 * Which changes must reach all members of an endpoint together. Members that say the same understand
 * each other; where one of them changes what it says, the others no longer believe it, and two hosts
 * hold the address. Pure.
 * @module
 */
import { TaskError } from "../errors.ts";
import type { Agreement, Change, ExecResult, Task } from "../model.ts";

/** What a member says to the others, and what it will say. */
export interface Voice {
  /** Name of the host. */
  readonly host: string;
  /** What it says now; unset or empty: nothing. */
  readonly current?: Agreement;
  /** What it will say; unset: nothing of it changes. */
  readonly planned?: Agreement;
  /** It speaks now. What does not run believes nobody and is believed by nobody. */
  readonly running: boolean;
  /** It did not answer us: it may well speak, and what it says is not known. @default {false} */
  readonly silent?: boolean;
}

/** What is coupled, and whether that can be done. */
export interface Coupling {
  /** Hosts whose changes are made together; none: every change is made for itself. */
  readonly coupled: readonly string[];
  /**
   * Hosts that will speak, do not yet, and would not be understood by those who do: they come behind
   * them. Whoever joins is one, and who was down while the others go on to say something else.
   */
  readonly joining: readonly string[];
  /**
   * Why nothing of this can be done when these hosts alone may be changed: which member would be left
   * behind, what would differ, and what to type. Unset: it can.
   */
  refusal(selected: ReadonlySet<string>): string | undefined;
}

/** What a host says now, by what was seen for each of these tasks; unset: nothing. */
export function saidNow(
  tasks: readonly Task[],
  seen: readonly ExecResult[],
): Agreement | undefined {
  const said = tasks.flatMap((task, i): Agreement[] => {
    const answer = seen[i];
    try {
      const says = answer && task.agreement?.(answer);
      return says === undefined ? [] : [says];
    } catch (error) {
      // An answer without sense fails the task itself, where it is planned.
      if (error instanceof TaskError) return [];
      throw error;
    }
  });
  return said.length === 0 ? undefined : Object.assign({}, ...said);
}

/** What a host will say when these changes are made; unset: nothing of it changes. */
export function saidThen(changes: readonly Change[]): Agreement | undefined {
  const after = changes.flatMap((it) =>
    it.kind === "write" && it.agreement ? [it.agreement.after] : []
  );
  return after.length === 0 ? undefined : Object.assign({}, ...after);
}

/** Decides which members change together. */
export function couplingOf(voices: readonly Voice[]): Coupling {
  const partners = (one: Voice) => voices.filter((it) => it !== one && understands(one, it));
  const coupled = voices.filter((one) => changes(one) && partners(one).length > 0);
  const strangers = (one: Voice) => voices.filter((it) => it !== one && isStrange(one, it));
  const joining = voices.filter((one) => strangers(one).length > 0);
  const refusal = (selected: ReadonlySet<string>) => {
    for (const one of coupled.filter(({ host }) => selected.has(host))) {
      const left = partners(one).filter(({ host, silent }) => silent || !selected.has(host));
      if (left.length > 0) return refused(one, left);
    }
    for (const one of joining.filter(({ host }) => selected.has(host))) {
      const left = strangers(one).filter(({ host }) => !selected.has(host));
      if (left.length > 0) return refusedToJoin(one, left);
    }
  };
  const names = (those: readonly Voice[]) => those.map(({ host }) => host);
  return { coupled: names(coupled), joining: names(joining), refusal };
}

/** What a host will say. */
const then = ({ current = {}, planned = current }: Voice): Agreement => planned;

/** Whether one that does not speak yet will say what another one who speaks does not understand. */
function isStrange(one: Voice, other: Voice): boolean {
  if (one.running || one.silent === true || Object.keys(then(one)).length === 0) return false;
  // Nothing is known of one that is silent, and most likely it is off.
  return other.running && other.silent !== true &&
    differing(then(one), other.current ?? {}).length > 0;
}

/** Says what starting one beside these would lead to, and what to do instead. */
function refusedToJoin(one: Voice, left: readonly Voice[]): string {
  const names = left.map(({ host }) => `"${host}"`).join(", ");
  const differ = differences(left[0]?.current ?? {}, then(one)).join("; ");
  return `Cannot take "${one.host}" in without ${names}, left out by --limit: they would not ` +
    `believe each other and would both hold the address (${differ}); drop --limit, so that the ` +
    `others know of it before it starts`;
}

/** Says what leaving these behind would lead to, and what to do instead. */
function refused(one: Voice, left: readonly Voice[]): string {
  const silent = left.filter((it) => it.silent);
  const behind = silent.length > 0 ? silent : left;
  const names = behind.map(({ host }) => `"${host}"`).join(", ");
  const differ = differences(one.current ?? {}, one.planned ?? {}).join("; ");
  const [why, what] = silent.length > 0
    ? [
      `which ${silent.length === 1 ? "does" : "do"} not answer`,
      "bring it back, or take it out of the inventory when it is gone for good",
    ]
    : ["left out by --limit", "drop --limit, so that all members change together"];
  return `Cannot change "${one.host}" without ${names}, ${why}: they would no longer believe each ` +
    `other and would both hold the address (${differ}); ${what}`;
}

/**
 * What differs between two agreements, each in words: `advert interval 1 s -> 0.3 s`. Of a secret it
 * says that it is another one.
 */
export function differences(before: Agreement, after: Agreement): string[] {
  return differing(before, after).map((name) => {
    const [was = "none", will = "none"] = [before[name], after[name]];
    if (isHash(was) && isHash(will)) return `another ${name}`;
    return `${name} ${isHash(was) ? "set" : was} -> ${isHash(will) ? "set" : will}`;
  });
}

const isHash = (value: string) => value.startsWith("sha256:");

function differing(a: Agreement, b: Agreement): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}

function changes({ current = {}, planned }: Voice): boolean {
  return planned !== undefined && differing(current, planned).length > 0;
}

function understands({ current = {}, running }: Voice, other: Voice): boolean {
  if (!running || Object.keys(current).length === 0) return false;
  return other.silent === true ||
    (other.running && differing(current, other.current ?? {}).length === 0);
}
