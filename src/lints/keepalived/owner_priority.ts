/** @module */
import { priorityOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { headOf, placed } from "./_instances.ts";

const conf = (priority: number) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    weight -20
}
vrrp_instance VI_1 {
    state MASTER
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

/** The priority that no failed check can lower. */
export const ownerPriority = defineLint({
  code: "owner-priority",
  severity: "error",
  title: "priority 255, which no check can lower",
  why:
    "Priority 255 means that the host owns the address. Keepalived then ignores every weight: a " +
    "failed check changes nothing. Measured with 255 and a weight of -2: the address stayed on the " +
    "host whose check failed. With `state MASTER` and no `priority` it is 255 too.",
  err: {
    files: { "lb1/keepalived.conf": conf(255) },
    says: `lb1/keepalived.conf:9:14: the address stays on this host though "check_haproxy" ` +
      "fails: nothing lowers priority 255 [owner-priority]\n" +
      `   hint: write a priority from 1 to 254, "priority 110"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf(110) } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { instance, node } = one;
      if (priorityOf(instance) !== 255) continue;
      const weighted = instance.tracked.find(({ weight }) => weight !== 0)?.name.text;
      const written = instance.priority !== undefined;
      // Without a weight and by default it is an election that is left out, and nothing else.
      if (weighted === undefined && !written) continue;
      yield {
        message: weighted === undefined
          ? `this host takes the address at once, whoever holds it, and no weight can ever lower ` +
            `it: priority 255 is that of the owner of an address`
          : `the address stays on this host though "${weighted}" fails: nothing lowers ` +
            (written ? "priority 255" : "the 255 of a MASTER that has no priority"),
        source: instance.priority?.source ?? instance.state?.source ?? headOf(one),
        hint: 'write a priority from 1 to 254, "priority 110"',
        hostSetting: { host: node.name, path: ["priority"] },
      };
    }
  },
});
