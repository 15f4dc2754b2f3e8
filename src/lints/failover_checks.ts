/**
 * How long the scripts that Keepalived runs take to notice what happened to HAProxy. Pure.
 * @module
 */
import { DEFAULTS, type Script, type Tracked } from "../configs/vrrp.ts";
import { RUN_SLACK_MS } from "../endpoint/predict.ts";
import { atLeast } from "../endpoint/version.ts";
import type { Source } from "../model.ts";
import { type Asks, asks } from "./keepalived/_checks.ts";
import { groupOf, type Placed, seconds } from "./keepalived/_instances.ts";
import type { Node } from "./model.ts";
import { type Check, checks } from "./scripts/_checks.ts";

/** What a check can notice. */
export type Noticed = "haproxy-dead" | "haproxy-hung";

/** How long a check takes. */
export interface CheckWait {
  /** Its name. */
  readonly name: string;
  /** Milliseconds from the fault to the last failure that counts. */
  readonly ms: number;
  /** What they are made of. */
  readonly because: string;
  /** Priority that is lost then; 0: a fault, and the holder says goodbye. */
  readonly weight: number;
  /** Where most of it is decided. */
  readonly source: Source;
}

/** What the checks of an instance come to. */
export interface CheckWaits {
  /** Those that notice it, or may. */
  readonly waits: readonly CheckWait[];
  /** Why there are none. */
  readonly none: string;
  /** What may notice it earlier, in half a sentence. @default nothing */
  readonly sooner: readonly string[];
}

/** The checks that a load balancer tracks, by what they notice. */
export function checkWaits(holder: Placed, fault: Noticed): CheckWaits {
  const tracked = [...holder.instance.tracked, ...groupOf(holder)?.tracked ?? []]
    .filter((it) => it.defined === "above");
  const scripts = tracked.flatMap((it) => it.script ? [{ it, script: it.script }] : []);
  const waits = scripts.flatMap(({ it, script }) =>
    notices(asks(holder.node, script), fault) ? [wait(holder.node, it, script, fault)] : []
  );
  const blind = scripts.map(({ script }) => `"${script.name.text}"`).join(" and ");
  const others = tracked.filter(({ kind }) => kind === "process" || kind === "file");
  const what = others.map(({ kind, name }) => `${kind} "${name.text}"`).join(" and ");
  // Who writes a file, and when, is in no configuration. A process that hangs is still there.
  const may = others.length > 0 && fault === "haproxy-dead";
  return {
    waits,
    none: may
      ? `that depends on ${what}`
      : scripts.length === 0
      ? "no script is tracked that would notice"
      : `${blind} would not notice`,
    sooner: may ? [`sooner where ${what} says so`] : [],
  };
}

/** A port stays open while a process hangs, and the process is there; a way is no HAProxy. */
function notices(what: Asks, fault: Noticed): boolean {
  if (what === "way") return false;
  return fault === "haproxy-dead" || what === "answer" || what === "unknown";
}

function wait(node: Node, { weight }: Tracked, script: Script, fault: Noticed): CheckWait {
  const name = script.name.text;
  const interval = intervalOf(node, script);
  const fall = Math.max(1, script.fall?.value ?? DEFAULTS.fall);
  const run = fault === "haproxy-hung" ? longest(node, script, interval) : undefined;
  // A run that takes longer than the interval puts off the next one to the next moment for it.
  const period = Math.max(interval, Math.ceil((run?.seconds ?? 0) / interval) * interval);
  const total = interval + (fall - 1) * period + (run?.seconds ?? 0);
  const times = fall === 1 ? "once" : `${fall} times, ${seconds(period)} apart`;
  return {
    name,
    ms: total * 1000 + RUN_SLACK_MS,
    because: `"${name}" must fail ${times}` +
      (run === undefined ? "" : `, the last time ${run.because}`) + condition(node, script),
    weight,
    source: script.fall?.source ?? script.interval?.source ?? script.name.source,
  };
}

/** Fractions of a second are dropped before version 2.3, which is then the default, a second. */
function intervalOf({ versions: { keepalived } }: Node, { interval }: Script): number {
  const value = interval?.value ?? DEFAULTS.interval;
  if (!(value > 0)) return DEFAULTS.interval;
  if (Number.isInteger(value)) return value;
  const fine = keepalived !== undefined && atLeast(keepalived, "2.3");
  return fine ? value : Math.max(DEFAULTS.interval, value);
}

/** What a run takes at most when nobody answers: the limits of its requests, or Keepalived's. */
function longest(
  node: Node,
  script: Script,
  interval: number,
): { readonly seconds: number; readonly because: string } {
  const check = checks({ nodes: [node] }).find((it) => it.script === script);
  const own = check === undefined ? undefined : limits(check);
  const { timeout } = script;
  const ended = timeout && timeout.value > 0 ? timeout.value : interval;
  return own === undefined || own > ended
    ? { seconds: ended, because: `until Keepalived ends it after ${seconds(ended)}` }
    : { seconds: own, because: `for ${seconds(own)}, the limit of its requests` };
}

function limits({ requests }: Check): number | undefined {
  const each = requests.map(({ options, urls }) =>
    Number(options.get("max-time")?.text ?? NaN) * urls.length
  );
  return each.length > 0 && each.every((it) => it > 0)
    ? each.reduce((a, b) => a + b, 0)
    : undefined;
}

/** What nobody can tell from the files. */
function condition(node: Node, script: Script): string {
  if (asks(node, script) !== "unknown") return "";
  const check = checks({ nodes: [node] }).find((it) => it.script === script);
  const why = check?.file === undefined ? "which was not read" : "which does not say what it asks";
  return `, if it notices at all: ${script.command?.text ?? "its script"}, ${why}`;
}
