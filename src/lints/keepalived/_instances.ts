/**
 * What several rules for keepalived.conf ask: which instances there are, which of them belong
 * together, and how times are said. Pure.
 * @module
 */
import type { KeepalivedFile, Word } from "../../configs/model.ts";
import {
  type Instance,
  type Script,
  type SyncGroup,
  type Vrrp,
  vrrpOf,
} from "../../configs/vrrp.ts";
import { didYouMean } from "../../diagnostics.ts";
import type { Source } from "../../model.ts";
import { remembered } from "../../remembered.ts";
import type { Node } from "../model.ts";

/** A `vrrp_instance` and where it stands. */
export interface Placed {
  /** The load balancer. */
  readonly node: Node;
  /** Its file. */
  readonly file: KeepalivedFile;
  /** All that the file says. */
  readonly vrrp: Vrrp;
  /** The instance. */
  readonly instance: Instance;
}

/** What every keepalived.conf says, with its load balancer. */
export const filesOf: (
  nodes: readonly Node[],
) => readonly { readonly node: Node; readonly file: KeepalivedFile; readonly vrrp: Vrrp }[] =
  remembered((nodes) =>
    nodes.flatMap((node) =>
      node.keepalived ? [{ node, file: node.keepalived, vrrp: vrrpOf(node.keepalived) }] : []
    )
  );

/** Every instance of every load balancer. */
export const placed: (nodes: readonly Node[]) => readonly Placed[] = remembered((nodes) =>
  filesOf(nodes).flatMap(({ vrrp, ...it }) =>
    vrrp.instances.map((instance) => ({ ...it, vrrp, instance }))
  )
);

/**
 * Instances of other load balancers that have the same virtual router id and family: the ids of IPv4
 * and IPv6 have nothing to do with each other.
 */
export function partners(all: readonly Placed[], one: Placed): readonly Placed[] {
  const id = one.instance.routerId?.value;
  return all.filter((it) =>
    it.node !== one.node && id !== undefined && it.instance.routerId?.value === id &&
    speaksSix(it) === speaksSix(one)
  );
}

/** Whether an instance moves IPv6 addresses. */
export function speaksSix({ instance: { addresses } }: Placed): boolean {
  return addresses.some(({ address }) => address.includes(":"));
}

/** Every pair of load balancers once, with the instances that belong together by router id. */
export function pairs(nodes: readonly Node[]): readonly (readonly [Placed, Placed])[] {
  const all = placed(nodes);
  return all.flatMap((one, i) =>
    partners(all, one).filter((it) => all.indexOf(it) > i).map((it) => [one, it] as const)
  );
}

/** Whether all that counts stands in the file: nothing is included, and all of it is read. */
export function whole(file: KeepalivedFile): boolean {
  return file.includes.length === 0 && isRead(file);
}

/** Whether it is known which block each line belongs to, be it that a brace is missing. */
export function isRead({ problems, mended }: KeepalivedFile): boolean {
  return problems.length === 0 || mended === true;
}

/**
 * The script that was probably meant by a name that is defined nowhere: one that nothing tracks, of
 * a similar name or the only one there is.
 */
export function meantScript(
  { scripts, instances, groups }: Vrrp,
  name: string,
): Script | undefined {
  const tracked = new Set(
    [...instances, ...groups].flatMap((it) => it.tracked.map(({ name: { text } }) => text)),
  );
  const spare = scripts.filter((it) => !tracked.has(it.name.text));
  const near = didYouMean(name, spare.map((it) => it.name.text));
  return spare.find((it) => it.name.text === near) ?? (spare.length === 1 ? spare[0] : undefined);
}

/** The line that an instance begins with. */
export function headOf({ instance }: Placed): Source {
  return instance.name.source;
}

/** The sync group that an instance is in. */
export function groupOf({ vrrp, instance }: Placed): SyncGroup | undefined {
  return vrrp.groups.find(({ members }) => members.some(({ text }) => text === instance.name.text));
}

/** Instances of the same file that give their addresses away together with this one. */
export function synced({ vrrp, instance }: Placed): readonly Instance[] {
  const names = vrrp.groups.map(({ members }) => members.map(({ text }) => text))
    .filter((it) => it.includes(instance.name.text)).flat();
  return vrrp.instances.filter((it) => it !== instance && names.includes(it.name.text));
}

/** Whether a sync group tracks something for its members. */
export function groupTracks({ vrrp }: Placed): boolean {
  return vrrp.groups.some(({ block }) =>
    block.some(({ words }) => words[0]?.text.startsWith("track_") ?? false)
  );
}

/** Seconds for people: `31.6 s`, `2 s`. */
export function seconds(value: number): string {
  return `${Math.round(value * 10) / 10} s`;
}

/** What a word says, or what Keepalived takes instead. */
export function textOf(word: Word | undefined, otherwise: string): string {
  return word?.text ?? otherwise;
}
