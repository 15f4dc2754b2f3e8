/** @module */
import { priorityOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { partners, placed } from "./_instances.ts";

/** A failed check that lowers the priority too little moves nothing. */
export const weightBelowGap = defineLint({
  code: "weight-below-gap",
  severity: "error",
  title: "a weight smaller than the distance of the priorities",
  why: "A failed check takes its weight from the priority. Where the result is not below the " +
    "priority of the next member, nothing moves: the address stays on the member whose check " +
    "fails. Measured: with priorities 110 and 100 and a weight of -2 it stayed for good. What " +
    "happens when the next member is out as well says `weight-below-spread`.",
  err: {
    files: {
      "lb1/keepalived.conf": `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    weight -2
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 110
    track_script {
        check_apiserver
    }
}
`,
      "lb2/keepalived.conf": `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 100
}
`,
    },
    says: `lb1/keepalived.conf:3:12: the address stays on lb1 though "check_apiserver" fails: ` +
      "priority 110 with a weight of -2 is 108, not below the 100 of lb2 [weight-below-gap]\n" +
      "   hint: write a weight of -11 or less, or weight 0: then a failure gives the " +
      "address away",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    weight -20
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 110
    track_script {
        check_apiserver
    }
}
`,
      "lb2/keepalived.conf": `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 100
}
`,
    },
  },
  *check({ nodes }) {
    const all = placed(nodes);
    for (const one of all) {
      const { node: { name }, instance } = one;
      const own = priorityOf(instance);
      const [next] = partners(all, one)
        .map((it) => ({ name: it.node.name, value: priorityOf(it.instance) }))
        .filter(({ value }) => value < own)
        .toSorted((a, b) => b.value - a.value);
      if (!next) continue;
      for (const { kind, name: check, weight, weightSource } of instance.tracked) {
        // What a file takes depends on the number in it.
        if (weight >= 0 || own + weight < next.value || !weightSource || kind === "file") continue;
        yield {
          message: `the address stays on ${name} though "${check.text}" fails: priority ${own} ` +
            `with a weight of ${weight} is ${own + weight}, not below the ${next.value} of ` +
            next.name,
          source: weightSource,
          hint: `write a weight of ${next.value - own - 1} or less` +
            (kind === "script" ? ", or weight 0: then a failure gives the address away" : ""),
          hostSetting: { host: name, path: ["priority"] },
        };
      }
    }
  },
});
