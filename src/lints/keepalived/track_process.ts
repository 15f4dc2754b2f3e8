/** @module */
import { defineLint } from "../../define.ts";
import { placed } from "./_instances.ts";

const process = `vrrp_track_process haproxy {
    process haproxy
}
`;
const script = `vrrp_script haproxy {
    script "/usr/bin/curl -sf -m 1 -o /dev/null http://127.0.0.1:8404/alive"
}
`;
const conf = (list: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    ${list} {
        haproxy
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A way to see a process that only works outside of containers. */
export const trackProcess = defineLint({
  code: "track-process",
  severity: "warning",
  title: "a tracked process",
  why:
    "Keepalived hears of processes from the kernel, and only in the first network namespace. In a " +
    "container with a network of its own the process never seems to run: measured, the instance stays " +
    "in the state of a fault for good and nobody holds the address. On a host it works, within " +
    "milliseconds, but does not see a HAProxy that hangs.",
  err: {
    files: { "lb1/keepalived.conf": process + conf("track_process") },
    says: "lb1/keepalived.conf:8:9: warning: this host never holds the address if Keepalived " +
      `runs in a container: there "haproxy" never seems to run [track-process]\n` +
      "   hint: keep it on a host, beside a track_script that sees a hang; in a container " +
      "write only the script",
  },
  ok: { files: { "lb1/keepalived.conf": script + conf("track_script") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const { tracked } = instance;
      const process = tracked.find(({ kind, defined }) =>
        kind === "process" && defined === "above"
      );
      if (!process) continue;
      yield {
        message: `this host never holds the address if Keepalived runs in a container: there ` +
          `"${process.name.text}" never seems to run`,
        source: process.name.source,
        hint:
          "keep it on a host, beside a track_script that sees a hang; in a container write only " +
          "the script",
      };
    }
  },
});
