/** @module */
import { DEFAULTS } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";
import { filesOf, seconds } from "./_instances.ts";

/** A script may use its time to ask again: what that costs is small. */
const SLACK_SECONDS = 2;

const conf = (timeout: number) =>
  `vrrp_script check_haproxy {
    script "/etc/keepalived/check_haproxy.sh"
    interval 1
    timeout ${timeout}
    fall 2
}
`;

/** A script that hangs is waited for longer than its failures say. */
export const longTimeout = defineLint({
  code: "long-timeout",
  severity: "warning",
  title: "a script that may hang longer than its failures take",
  why:
    "What hangs makes a check hang. Keepalived starts no second run beside the first and waits for " +
    "`timeout` before it counts as a failure: `interval` and `fall` promise less than that. Unset, the " +
    "timeout is the interval.",
  err: {
    files: { "lb1/keepalived.conf": conf(30) },
    says: "lb1/keepalived.conf:4:13: warning: a hang is noticed on this host after 60 s and " +
      `not after 2 s: each run of "check_haproxy" may take 30 s [long-timeout]\n` +
      `   hint: write a timeout of the interval, "timeout 1"`,
  },
  ok: { files: { "lb1/keepalived.conf": conf(1) } },
  *check({ nodes }) {
    for (const { vrrp } of filesOf(nodes)) {
      for (const { name, interval, timeout, fall } of vrrp.scripts) {
        const times = Math.max(1, fall?.value ?? DEFAULTS.fall);
        const promised = Math.max(1, interval?.value ?? DEFAULTS.interval) * times;
        if (!timeout || timeout.value <= promised + SLACK_SECONDS) continue;
        yield {
          message:
            `a hang is noticed on this host after ${seconds(timeout.value * times)} and not ` +
            `after ${seconds(promised)}: each run of "${name.text}" may take ` +
            seconds(timeout.value),
          source: timeout.source,
          hint: `write a timeout of the interval, "timeout ${interval?.value ?? 1}"`,
        };
      }
    }
  },
});
