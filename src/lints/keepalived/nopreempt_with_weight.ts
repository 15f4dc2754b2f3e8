/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const conf = (weight: number) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    weight ${weight}
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 110
    priority 110
    nopreempt
    track_script {
        check_haproxy
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** Members that never take the address from one whose check has failed. */
export const nopreemptWithWeight = defineLint({
  code: "nopreempt-with-weight",
  severity: "error",
  title: "nopreempt together with a weight",
  why:
    "A failed check with a weight lowers the priority of the holder, and a member with a higher one " +
    "has to take the address from it. `nopreempt` forbids exactly that: the address stays on the " +
    "host whose check fails, for good. With weight 0 a failed check gives the address away, and " +
    "`nopreempt` works.",
  err: {
    files: { "lb1/keepalived.conf": conf(-20) },
    says: `lb1/keepalived.conf:10:5: the address never leaves a member whose "check_haproxy" ` +
      "fails: with nopreempt this host does not take it from one with a lower priority " +
      "[nopreempt-with-weight]\n" +
      `   hint: remove "nopreempt", or write weight 0 for "check_haproxy"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf(0) } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const weighted = instance.tracked.find(({ weight }) => weight !== 0);
      // With state MASTER there is no nopreempt: that is a trap of its own.
      if (!instance.nopreempt || !weighted || instance.state?.text === "MASTER") continue;
      yield {
        message: `the address never leaves a member whose "${weighted.name.text}" fails: with ` +
          `nopreempt this host does not take it from one with a lower priority`,
        source: instance.nopreempt,
        hint: `remove "nopreempt", or write weight 0 for "${weighted.name.text}"`,
      };
    }
  },
});
