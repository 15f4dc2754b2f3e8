/** @module */
import { priorityOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { checkedConf } from "./_examples.ts";
import { partners, placed } from "./_instances.ts";

const three = (weight: number) => ({
  "lb1/keepalived.conf": checkedConf(250, weight),
  "lb2/keepalived.conf": checkedConf(240, weight),
  "lb3/keepalived.conf": checkedConf(230, weight),
});

/** A weight that reaches the next member, and none behind it. */
export const weightBelowSpread = defineLint({
  code: "weight-below-spread",
  severity: "warning",
  title: "a weight that is enough for the next member only",
  why: "A failed check takes its weight from the priority. With the next member out as well, the " +
    "address moves on only where the result is below the priority of the one behind it: else a " +
    "member whose check fails keeps it from a healthy one. So a weight has to be larger than the " +
    "distance of the highest priority from the lowest.",
  err: {
    files: three(-15),
    says: `lb1/keepalived.conf:3:12: warning: the address stays on lb1 though "check_apiserver" ` +
      "fails and lb3 is well, while lb2 is out too: priority 250 with a weight of -15 is 235, not " +
      "below the 230 of lb3 [weight-below-spread]\n" +
      "   hint: write a weight of -21 or less, or weight 0: then a failure gives the address away",
  },
  ok: { files: three(-30) },
  *check({ nodes }) {
    const all = placed(nodes);
    for (const one of all) {
      const { node: { name }, instance } = one;
      const own = priorityOf(instance);
      const lower = partners(all, one)
        .map((it) => ({ name: it.node.name, value: priorityOf(it.instance) }))
        .filter(({ value }) => value < own)
        .toSorted((a, b) => b.value - a.value);
      for (const { kind, name: check, weight, weightSource } of instance.tracked) {
        // What a file takes depends on the number in it.
        if (weight >= 0 || !weightSource || kind === "file") continue;
        const left = Math.max(1, own + weight);
        const out = lower.filter(({ value }) => value > left);
        const kept = lower.find(({ value }) => value <= left);
        const lowest = lower.at(-1);
        // With nobody to go to first, it is weight-below-gap.
        if (out.length === 0 || !kept || !lowest) continue;
        yield {
          message:
            `the address stays on ${name} though "${check.text}" fails and ${kept.name} is ` +
            `well, while ${out.map((it) => it.name).join(" and ")} ` +
            `${out.length === 1 ? "is" : "are"} out too: priority ${own} with a weight of ` +
            `${weight} is ${left}, not below the ${kept.value} of ${kept.name}`,
          source: weightSource,
          hint: `write a weight of ${lowest.value - own - 1} or less` +
            (kind === "script" ? ", or weight 0: then a failure gives the address away" : ""),
          hostSetting: { host: name, path: ["priority"] },
        };
      }
    }
  },
});
