/**
 * How long clients would be without an answer, from files that somebody wrote by hand: the same
 * arithmetic as that of an inventory, with what the files say. Where they do not tell, no time is
 * given, and it is said why. Pure.
 * @module
 */
import { advertOf, type Instance, priorityOf } from "../configs/vrrp.ts";
import { settingsOf } from "../configs/unit.ts";
import { election } from "../endpoint/election.ts";
import type { Fault } from "../endpoint/predict.ts";
import { isPromised } from "../endpoint/promise.ts";
import type { Source } from "../model.ts";
import { type CheckWait, checkWaits } from "./failover_checks.ts";
import { type ServerWait, serverWait } from "./failover_servers.ts";
import {
  headOf,
  isRead,
  partners,
  type Placed,
  placed,
  seconds,
  speaksSix,
} from "./keepalived/_instances.ts";
import type { Node, Subject } from "./model.ts";

/** How long clients would be without an answer after a fault. */
export interface HandTime {
  /** What breaks. */
  readonly fault: Fault;
  /** Longest wait in milliseconds. */
  readonly ms: number;
  /** Whether a promise of a failover is about it. */
  readonly promised: boolean;
  /** What the time is made of, in half a sentence. */
  readonly because: string;
  /** Where most of it is decided. */
  readonly source: Source;
}

/** What the files of some load balancers say of the failovers of one address. */
export interface HandPrediction {
  /** The address, or what else tells it from others. */
  readonly name: string;
  /** Faults with their times. */
  readonly times: readonly HandTime[];
  /** Faults whose times the files do not tell, and why. */
  readonly unknown: readonly { readonly fault: Fault; readonly because: string }[];
}

/** The predictions of files by hand: one for each router id, or one of HAProxy alone. */
export function handPredictions({ nodes }: Subject): readonly HandPrediction[] {
  const read = placed(nodes).filter(({ file }) => isRead(file));
  if (nodes.every(({ keepalived }) => keepalived === undefined)) return withoutVrrp(nodes);
  const groups = Map.groupBy(
    read,
    (it) =>
      it.instance.routerId === undefined
        ? `${it.file.file} ${it.instance.name.text}`
        : `${it.instance.routerId.value} ${speaksSix(it)}`,
  );
  // Of a member that does not run with its file, the others may not be told as if it were not there.
  const sound = [...groups.values()]
    .filter((members) => members.every(({ file }) => file.problems.length === 0));
  return sound.flatMap((members) => prediction(members, nodes) ?? []);
}

/** Of a haproxy.cfg alone there is something to say as well. */
function withoutVrrp(nodes: readonly Node[]): readonly HandPrediction[] {
  return nodes.flatMap((node) => {
    const found = lostServer(node);
    return found === undefined ? [] : [{ name: node.name, ...split([found]) }];
  });
}

/** A time, or why there is none. */
type Answer =
  | Omit<HandTime, "promised">
  | { readonly fault: Fault; readonly because: string };

function prediction(
  members: readonly Placed[],
  nodes: readonly Node[],
): HandPrediction | undefined {
  const holder = members.toSorted((a, b) => full(b) - full(a))[0];
  if (holder === undefined) return undefined;
  const others = partners(members, holder);
  const files = nodes.filter(({ keepalived }) => keepalived !== undefined).length;
  const addresses = holder.instance.addresses.map(({ address }) => address);
  const name = addresses.length > 0 ? addresses.join(", ") : holder.instance.name.text;
  if (others.length === 0 && files > 1) {
    const id = holder.instance.routerId?.value;
    const because = id === undefined
      ? "it has no virtual_router_id"
      : `no other file has virtual_router_id ${id}, so nobody takes over`;
    return { name, times: [], unknown: [{ fault: "holder-lost", because }] };
  }
  const next = nextOf(holder, others);
  const server = lostServer(holder.node);
  return {
    name,
    ...split([
      ...elected(holder, next),
      ...checked(holder, next),
      killed(holder.node),
      ...server ? [server] : [],
    ]),
  };
}

function split(answers: readonly Answer[]): Omit<HandPrediction, "name"> {
  const times = answers.flatMap((it) =>
    "ms" in it
      ? [{
        ...it,
        ms: Math.min(Math.round(it.ms), Number.MAX_SAFE_INTEGER),
        promised: isPromised(it.fault),
      }]
      : []
  );
  const unknown = answers.flatMap((it) => "ms" in it ? [] : [it]);
  return { times, unknown };
}

/** Who takes over. */
interface Next {
  /** Its priority while all is well. */
  readonly priority: number;
  /** Whether its file is at hand; else its priority is taken for the holder's own. */
  readonly known: boolean;
  /** Whether it leaves the address to who has it, however low that one's priority is. */
  readonly nopreempt: boolean;
  /** Seconds of its election. */
  readonly waits: { readonly skew: number; readonly silence: number };
}

function nextOf(holder: Placed, others: readonly Placed[]): Next {
  const next = others.toSorted((a, b) => full(b) - full(a))[0];
  const priority = full(next ?? holder);
  return {
    priority,
    known: next !== undefined,
    nopreempt: (next ?? holder).instance.nopreempt !== undefined,
    waits: election(advertOf(holder.instance), priority),
  };
}

/** The priority of a load balancer on which nothing fails. */
function full({ instance }: { readonly instance: Instance }): number {
  const added = instance.tracked
    .filter(({ kind, weight, defined }) => kind !== "file" && weight > 0 && defined === "above")
    .reduce((sum, { weight }) => sum + weight, 0);
  return Math.min(254, priorityOf(instance) + added);
}

function elected(holder: Placed, { priority, known, waits }: Next): readonly Answer[] {
  const advert = seconds(advertOf(holder.instance));
  const source = holder.instance.advertSeconds?.source ?? headOf(holder);
  const skew = known
    ? `the skew of priority ${priority}`
    : `a skew that is taken for that of its own priority, ${priority}, as the partner's file is ` +
      "not named";
  return [
    {
      fault: "holder-lost",
      ms: waits.silence * 1000,
      because: `three adverts, ${advert} apart, and ${skew}`,
      source,
    },
    {
      fault: "holder-stopped",
      ms: waits.skew * 1000,
      because: "Keepalived says goodbye when it is stopped in order, and the skew is left",
      source,
    },
  ];
}

/** What the checks of the holder notice. */
function checked(holder: Placed, next: Next): readonly Answer[] {
  return (["haproxy-dead", "haproxy-hung"] as const).map((fault): Answer => {
    const found = checkWaits(holder, fault);
    const [fastest] = found.waits.map((wait) => ({ wait, moved: moves(wait, holder, next) }))
      .toSorted((a, b) => (a.moved.ms ?? Infinity) - (b.moved.ms ?? Infinity));
    if (fastest === undefined) return { fault, because: found.none };
    const { wait, moved: { ms, because } } = fastest;
    if (ms === undefined) return { fault, because };
    return { fault, ms, because: [because, ...found.sooner].join("; "), source: wait.source };
  });
}

/** From the fault to another holder; without a time where the address stays. */
function moves(
  { ms, because, weight, name }: CheckWait,
  holder: Placed,
  { priority, known, nopreempt, waits }: Next,
): { readonly ms?: number; readonly because: string } {
  if (weight === 0) {
    return {
      ms: ms + waits.skew * 1000,
      because: `${because}; then the holder says goodbye, and the skew is left`,
    };
  }
  const lowered = Math.max(1, full(holder) - Math.abs(weight));
  const stays = `the address stays where it is when "${name}" fails`;
  if (known && lowered >= priority) {
    return { because: `${stays}: ${lowered} is not below the partner's priority, ${priority}` };
  }
  if (nopreempt) return { because: `${stays}: nopreempt leaves it to a lower priority` };
  const unless = known ? "" : `, where the partner's priority is above ${lowered}`;
  return {
    ms: ms + waits.silence * 1000,
    because: `${because}; then the others wait ${seconds(waits.silence)}, as for a lost holder` +
      unless,
  };
}

/** What becomes of the address, and for how long two have it, is with the unit. */
function killed({ units }: Node): Answer {
  const fault = "keepalived-killed";
  const own = units?.filter(({ path }) => path.includes("keepalived.service")) ?? [];
  const restart = own.flatMap((it) => settingsOf(it, "Service", "Restart")).at(-1)?.text;
  if (own.length === 0) return { fault, because: "its unit is not named (--unit FILE)" };
  const after = own.some((it) => settingsOf(it, "Service", "ExecStopPost").length > 0);
  if (after) return { fault, because: "that depends on what ExecStopPost of its unit does" };
  const two = "it leaves the address behind, and two load balancers answer";
  return restart === undefined || NEVER.has(restart)
    ? { fault, because: `${two} until somebody starts it: its unit does not` }
    : { fault, because: `${two} until its unit has started it again` };
}

/** Values of `Restart=` with which a killed daemon stays dead. */
const NEVER: ReadonlySet<string> = new Set(["", "no", "on-success"]);

function lostServer(node: Node): Answer | undefined {
  const found: ServerWait | undefined = serverWait(node);
  return found && { fault: "api-server-lost", ...found };
}
