/** @module */
import { defineLint } from "../../define.ts";
import { headOf, pairs } from "./_instances.ts";

const conf = (state: string, priority: number) =>
  `vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id 110
    priority ${priority}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Two members that both begin as the holder. */
export const bothMasters = defineLint({
  code: "both-masters",
  severity: "warning",
  title: "state MASTER on more than one member",
  why:
    "`state` is only how an instance begins; the priority decides who holds the address. Where two " +
    "begin as `MASTER`, newer versions of Keepalived elect one all the same; older ones take the " +
    "address on both until they hear each other. It also forbids `nopreempt` and `preempt_delay`.",
  err: {
    files: {
      "lb1/keepalived.conf": conf("MASTER", 110),
      "lb2/keepalived.conf": conf("MASTER", 100),
    },
    says: "lb2/keepalived.conf:2:11: warning: lb1 and lb2 may both take the address when they " +
      "start: both begin as MASTER [both-masters]\n" +
      `   hint: write "state BACKUP" on every member; the priority decides who holds the ` +
      "address",
  },
  ok: {
    files: {
      "lb1/keepalived.conf": conf("BACKUP", 110),
      "lb2/keepalived.conf": conf("BACKUP", 100),
    },
  },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      if (a.instance.state?.text !== "MASTER" || b.instance.state?.text !== "MASTER") continue;
      yield {
        message:
          `${a.node.name} and ${b.node.name} may both take the address when they start: both ` +
          "begin as MASTER",
        source: b.instance.state.source ?? headOf(b),
        hint: 'write "state BACKUP" on every member; the priority decides who holds the address',
        hostSetting: { host: b.node.name, path: ["state"] },
      };
    }
  },
});
