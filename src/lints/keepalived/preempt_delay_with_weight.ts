/** @module */
import { defineLint } from "../../define.ts";
import { placed, seconds } from "./_instances.ts";

const conf = (weight: number) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    weight ${weight}
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 110
    priority 100
    preempt_delay 10
    track_script {
        check_haproxy
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A pause that the failed member keeps the address for. */
export const preemptDelayWithWeight = defineLint({
  code: "preempt-delay-with-weight",
  severity: "error",
  title: "preempt_delay together with a weight",
  why:
    "`preempt_delay` is meant for the return of a host. It delays every takeover from a holder with " +
    "a lower priority, and one whose check has failed with a weight is such a holder. Measured with a " +
    "delay of 10 s: 12.03 s until the address moved, without it 1.84 s. With weight 0 the holder gives " +
    "it away, and there is nothing to delay.",
  err: {
    files: { "lb1/keepalived.conf": conf(-20) },
    says: `lb1/keepalived.conf:10:19: a member whose "check_haproxy" fails keeps the address ` +
      "10 s longer: this host waits for its preempt_delay before it takes it " +
      "[preempt-delay-with-weight]\n" +
      `   hint: remove "preempt_delay" and write a larger "rise" for the check, which ` +
      "delays the return",
  },
  ok: { files: { "lb1/keepalived.conf": conf(0) } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const { preemptDelay, tracked, state, nopreempt } = instance;
      const weighted = tracked.find(({ weight }) => weight !== 0)?.name.text;
      // Keepalived drops the delay with state MASTER or nopreempt.
      if (!preemptDelay || preemptDelay.value <= 0 || weighted === undefined) continue;
      if (state?.text === "MASTER" || nopreempt) continue;
      yield {
        message: `a member whose "${weighted}" fails keeps the address ` +
          `${seconds(preemptDelay.value)} longer: this host waits for its preempt_delay before ` +
          "it takes it",
        source: preemptDelay.source,
        hint:
          'remove "preempt_delay" and write a larger "rise" for the check, which delays the return',
      };
    }
  },
});
