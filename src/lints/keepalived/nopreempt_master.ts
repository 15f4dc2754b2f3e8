/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (state: string) =>
  `vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id 110
    priority 110
    nopreempt
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** nopreempt on a member that begins as MASTER is dropped. */
export const nopreemptMaster = defineLint({
  code: "nopreempt-master",
  severity: "error",
  title: "nopreempt together with state MASTER",
  why:
    "Keepalived clears `nopreempt` where an instance begins as `MASTER`, and says so in its log " +
    "alone. The address then moves back as soon as this host returns: the second interruption that " +
    "`nopreempt` is written against.",
  err: {
    files: { "lb1/keepalived.conf": conf("MASTER") },
    says: "lb1/keepalived.conf:6:5: the address moves back to this host each time that it " +
      "returns: Keepalived drops nopreempt because the state is MASTER [nopreempt-master]\n" +
      `   hint: write "state BACKUP" on every member; the priority decides who holds the ` +
      "address",
  },
  ok: { files: { "lb1/keepalived.conf": conf("BACKUP") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      if (!instance.nopreempt || instance.state?.text !== "MASTER") continue;
      yield {
        message: `the address moves back to this host each time that it returns: Keepalived ` +
          "drops nopreempt because the state is MASTER",
        source: instance.nopreempt,
        hint: 'write "state BACKUP" on every member; the priority decides who holds the address',
      };
    }
  },
});
