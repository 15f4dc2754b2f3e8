/** @module */
import { settingsOf } from "../../configs/unit.ts";
import { vrrpOf } from "../../configs/vrrp.ts";
import { defineLint } from "../../define.ts";

/** A killed Keepalived leaves the address behind. */
export const keepalivedNotRestarted = defineLint({
  code: "keepalived-not-restarted",
  severity: "error",
  title: "a unit that does not start Keepalived again",
  why: "Debian's keepalived.service has no `Restart=`. A Keepalived that is killed, by the " +
    "kernel when memory runs out for instance, leaves the address on its interface, another " +
    "member takes it too, and both hold it until somebody starts it again. Measured: two " +
    "holders for as long as nobody did.",
  err: {
    files: {
      "lb1/keepalived.conf": `vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.10
    }
}
`,
      "lb1/keepalived.service.conf": `[Unit]
After=network-online.target
`,
    },
    says: `lb1/keepalived.conf:1:15: two load balancers hold the address after Keepalived was ` +
      `killed on one of them, until somebody starts it: its unit has no "Restart=" ` +
      `[keepalived-not-restarted]
   hint: write "Restart=always" into [Service] of a drop-in of keepalived.service`,
  },
  ok: {
    files: {
      "lb1/keepalived.conf": `vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.10
    }
}
`,
      "lb1/keepalived.service.conf": `[Unit]
After=network-online.target
[Service]
Restart=always
RestartSec=1s
`,
    },
  },
  *check({ nodes }) {
    for (const { keepalived, units } of nodes) {
      const own = units?.filter(({ path }) => path.includes("keepalived.service"));
      const instance = keepalived && vrrpOf(keepalived).instances[0];
      // Of the other daemon's unit alone nobody knows what this one's says.
      if (!own || !instance || (own.length === 0 && units?.length !== 0)) continue;
      const restart = own.flatMap((it) => settingsOf(it, "Service", "Restart")).at(-1);
      if (restart && !["no", "on-success", ""].includes(restart.text)) continue;
      yield {
        message:
          `two load balancers hold the address after Keepalived was killed on one of them, ` +
          `until somebody starts it: ` +
          (restart ? `its unit has "Restart=${restart.text}"` : `its unit has no "Restart="`),
        source: restart?.source ?? instance.name.source,
        hint: `write "Restart=always" into [Service] of a drop-in of keepalived.service`,
      };
    }
  },
});
