/** @module */
import { advertOf, DEFAULTS, priorityOf, type Tracked } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { election } from "../../endpoint/election.ts";
import type { Subject } from "../model.ts";
import { partners, type Placed, placed, seconds } from "./_instances.ts";

/** Longest wait that is let pass where nobody has promised anything. */
const LONGEST_SECONDS = 10;

const conf = (interval: number, fall: number) =>
  `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    interval ${interval}
    weight -2
    fall ${fall}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 101
    priority 101
    track_script {
        check_apiserver
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A dead HAProxy keeps the address until the last of many failures. */
export const slowDetection = defineLint({
  code: "slow-detection",
  severity: "error",
  title: "a check that takes too long to fail",
  why:
    "The address stays where it is until the check has failed `fall` times in a row, `interval` " +
    "seconds apart. A weight comes on top: the others only notice the lower priority, and wait for " +
    "three adverts and their skew. Measured with an interval of 3 and a fall of 10: 30.4 to 33.3 s " +
    "in which clients were refused.",
  err: {
    files: { "lb1/keepalived.conf": conf(3, 10) },
    says: "lb1/keepalived.conf:5:10: clients get no answer for about 33.6 s when HAProxy of " +
      `this host dies: "check_apiserver" must fail 10 times, 3 s apart, and the others ` +
      "then wait 3.6 s [slow-detection]\n" +
      `   hint: write "interval 1" and "fall 2" for a check that HAProxy itself answers`,
  },
  ok: { files: { "lb1/keepalived.conf": conf(1, 2) } },
  *check({ nodes, endpoint }: Subject) {
    // What is rendered with a profile of ours is predicted from the endpoint, and measured.
    if (endpoint && endpoint.profile !== "guide") return;
    const limit = endpoint ? endpoint.slo.failoverMs / 1000 : LONGEST_SECONDS;
    const all = placed(nodes);
    for (const one of all) {
      const checks = one.instance.tracked.filter((it) => it.script && it.defined === "above");
      const [fastest] = checks.map((it) => ({ it, wait: waitOf(it, one, all) }))
        .toSorted((a, b) => a.wait.total - b.wait.total);
      if (!fastest || fastest.wait.total <= limit) continue;
      const { it: { name, script }, wait } = fastest;
      const others = one.instance.tracked.some(({ kind }) => kind === "process" || kind === "file");
      const after = wait.election > 0.05
        ? `, and the others then wait ${seconds(wait.election)}`
        : "";
      yield {
        message: `clients get no answer for about ${seconds(wait.total)} when HAProxy of ` +
          `this host ${others ? "hangs" : "dies"}: "${name.text}" must fail ${wait.fall} ` +
          `times, ${seconds(wait.interval)} apart${after}`,
        source: script?.fall?.source ?? script?.interval?.source ?? name.source,
        hint: 'write "interval 1" and "fall 2" for a check that HAProxy itself answers',
      };
    }
  },
});

function waitOf({ script, weight }: Tracked, one: Placed, all: readonly Placed[]) {
  const interval = Math.max(1, Math.round(script?.interval?.value ?? DEFAULTS.interval));
  const fall = Math.max(1, script?.fall?.value ?? DEFAULTS.fall);
  const advert = advertOf(one.instance);
  const priorities = partners(all, one).map(({ instance }) => priorityOf(instance));
  const next = priorities.length > 0 ? Math.max(...priorities) : priorityOf(one.instance);
  const { skew, silence } = election(advert, next);
  // With weight 0 the holder says goodbye; a lower priority has to be waited for.
  const elected = weight === 0 ? skew : silence;
  // The whole of the first interval, unlike predict.ts: of a script that somebody wrote by hand it is
  // not known how soon it says what it saw.
  return { interval, fall, election: elected, total: interval * fall + elected };
}
