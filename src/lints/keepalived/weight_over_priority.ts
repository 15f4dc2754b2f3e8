/** @module */
import { priorityOf, type Tracked } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { checkedConf } from "./_examples.ts";
import { pairs, partners, type Placed, placed } from "./_instances.ts";

/** Weights that leave nothing of the priorities. */
export const weightOverPriority = defineLint({
  code: "weight-over-priority",
  severity: "warning",
  title: "a weight that takes more than the priority has",
  why: "The lowest priority is 1, whatever is taken from it. Members that would be below it are " +
    "equal: the one that is preferred is preferred no more, and both take the address of a lost " +
    "holder in the same moment. So all weights together have to be smaller than the lowest " +
    "priority.",
  err: {
    files: {
      "lb1/keepalived.conf": checkedConf(50, -60),
      "lb2/keepalived.conf": checkedConf(40, -60),
    },
    says:
      "lb2/keepalived.conf:3:12: warning: lb1 and lb2 may take the address in the same moment " +
      `while "check_apiserver" fails on both: priority 50 loses 60 and 40 loses 60, and both end ` +
      "at 1, the lowest there is [weight-over-priority]\n" +
      "   hint: write a weight from -11 to -39",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": checkedConf(50, -30),
      "lb2/keepalived.conf": checkedConf(40, -30),
    },
  },
  *check({ nodes }) {
    const all = placed(nodes);
    for (const [a, b] of pairs(nodes)) {
      const [one, other] = [priorityOf(a.instance), priorityOf(b.instance)];
      const [first, second] = [takes(a), takes(b)];
      const source = second?.source ?? first?.source;
      // Equal priorities are equal anyway, and a trap of their own.
      if (!first || !second || !source || one === other) continue;
      const [left, rest] = [one - first.sum, other - second.sum];
      if (left > 1 || rest > 1) continue;
      const members = [b, ...partners(all, b)].map(({ instance }) => priorityOf(instance));
      yield {
        message:
          `${a.node.name} and ${b.node.name} may take the address in the same moment while ` +
          `${second.names} on both: priority ${one} loses ${first.sum} and ${other} loses ` +
          `${second.sum}, and both end at 1, the lowest there is`,
        source,
        hint: hintFor(members, second.count),
        hostSetting: { host: b.node.name, path: ["priority"] },
      };
    }
  },
});

/** What checks of one member take from its priority. */
interface Taken {
  /** `"check" fails`, or of several `"a" and "b" fail`. */
  readonly names: string;
  /** What they take together, above zero. */
  readonly sum: number;
  /** How many they are. */
  readonly count: number;
  /** Where the weight of the first one stands. */
  readonly source: Tracked["weightSource"];
}

/** The one check that takes all of it, or else all scripts together. */
function takes({ instance }: Placed): Taken | undefined {
  // What a file takes depends on the number in it.
  const lowering = instance.tracked.filter(({ kind, weight }) => weight < 0 && kind !== "file");
  const alone = lowering.filter(({ weight }) => priorityOf(instance) + weight <= 1)
    .toSorted((a, b) => a.weight - b.weight).slice(0, 1);
  const them = alone.length > 0 ? alone : lowering.filter(({ kind }) => kind === "script");
  if (them.length === 0) return undefined;
  return {
    names: `${them.map(({ name }) => `"${name.text}"`).join(" and ")} fail` +
      (them.length === 1 ? "s" : ""),
    sum: -them.reduce((sum, { weight }) => sum + weight, 0),
    count: them.length,
    source: them[0]?.weightSource,
  };
}

/** A weight is larger than the distance of the priorities, and all of them leave the lowest one. */
function hintFor(members: readonly number[], count: number): string {
  const [low, high] = [Math.min(...members), Math.max(...members)];
  const [least, most] = [high - low + 1, Math.floor((low - 1) / count)];
  if (least > most) {
    return "write priorities that are higher and nearer to each other, such as 250 and 240, and " +
      "weights larger than their distance";
  }
  return count === 1
    ? `write a weight from -${least} to -${most}`
    : `write weights from -${least} to -${most} for each`;
}
