/** @module */
import { type Instance, priorityOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { partners, placed } from "./_instances.ts";

const conf = (priority: number, weight: number) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    weight ${weight}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    priority ${priority}
    track_script {
        check_haproxy
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A bonus that the holder does not need. */
export const positiveWeight = defineLint({
  code: "positive-weight",
  severity: "error",
  title: "a positive weight on a member that is ahead without it",
  why:
    "A positive weight is added while the check succeeds. The holder loses it when its check fails, " +
    "and nothing moves where it is still ahead of the next member with its own bonus. Measured with " +
    "priorities 103, 100 and 99 and a weight of 2: the address stayed on the host whose check failed.",
  err: {
    files: { "lb1/keepalived.conf": conf(103, 2), "lb2/keepalived.conf": conf(100, 2) },
    says: `lb1/keepalived.conf:3:12: the address stays on lb1 though "check_haproxy" fails: it ` +
      "keeps priority 103 without its weight of 2, and lb2 reaches 102 [positive-weight]\n" +
      "   hint: write a negative weight larger than the distance of the priorities, or " +
      "weight 0",
  },
  ok: { files: { "lb1/keepalived.conf": conf(103, -10), "lb2/keepalived.conf": conf(100, -10) } },
  *check({ nodes }) {
    const all = placed(nodes);
    for (const one of all) {
      const own = priorityOf(one.instance);
      // What a file gives depends on the number in it: then nothing can be told.
      if ([one, ...partners(all, one)].some(({ instance }) => weighsFile(instance))) continue;
      for (const { name, weight, weightSource } of one.instance.tracked) {
        if (weight <= 0 || !weightSource) continue;
        const [next] = partners(all, one).map((it) => ({
          name: it.node.name,
          reaches: priorityOf(it.instance) + bonus(it.instance.tracked),
        })).toSorted((a, b) => b.reaches - a.reaches);
        // The other checks of the member itself go on succeeding.
        const left = own + bonus(one.instance.tracked) - weight;
        if (!next || left < next.reaches) continue;
        yield {
          message: `the address stays on ${one.node.name} though "${name.text}" fails: it keeps ` +
            `priority ${left} without its weight of ${weight}, and ${next.name} reaches ` +
            `${next.reaches}`,
          source: weightSource,
          hint: `write a negative weight larger than the distance of the priorities, or weight 0`,
        };
      }
    }
  },
});

function bonus(tracked: readonly { readonly weight: number }[]): number {
  return tracked.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
}

function weighsFile({ tracked }: Instance): boolean {
  return tracked.some(({ kind, weight }) => kind === "file" && weight !== 0);
}
