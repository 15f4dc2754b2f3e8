/** @module */
import { priorityOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { headOf, pairs } from "./_instances.ts";

const conf = (priority: number) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    priority ${priority}
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Two members that are both the next one. */
export const equalPriorities = defineLint({
  code: "equal-priorities",
  severity: "warning",
  title: "members with the same priority",
  why:
    "Who takes the address of a lost holder is decided by priority. Between equals the one with the " +
    "higher IP address wins, after a race: both may hold the address for a moment, and which one it " +
    "will be is nowhere written.",
  err: {
    files: { "lb1/keepalived.conf": conf(100), "lb2/keepalived.conf": conf(100) },
    says: "lb2/keepalived.conf:4:14: warning: nobody knows whether lb1 or lb2 takes the " +
      "address of a lost holder: both have priority 100 [equal-priorities]\n" +
      "   hint: give every member another priority, such as 110, 100, 90",
  },
  ok: { files: { "lb1/keepalived.conf": conf(110), "lb2/keepalived.conf": conf(100) } },
  *check({ nodes }) {
    for (const [a, b] of pairs(nodes)) {
      const priority = priorityOf(b.instance);
      if (priorityOf(a.instance) !== priority) continue;
      yield {
        message:
          `nobody knows whether ${a.node.name} or ${b.node.name} takes the address of a lost ` +
          `holder: both have priority ${priority}`,
        source: b.instance.priority?.source ?? headOf(b),
        hint: "give every member another priority, such as 110, 100, 90",
        hostSetting: { host: b.node.name, path: ["priority"] },
      };
    }
  },
});
