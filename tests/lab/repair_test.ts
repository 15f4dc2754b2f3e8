import { assertEquals } from "@std/assert";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

const FILES = "files haproxy and keepalived";
const APT = "DEBIAN_FRONTEND=noninteractive apt-get -q -y";

/** Something broken by hand on one host, and the tasks of that host that mend it. */
interface Damage {
  readonly what: string;
  readonly how: string;
  readonly mended: readonly string[];
}

const DAMAGES: readonly Damage[] = [
  {
    what: "a file with another content",
    how: "echo '# by hand' >> /etc/haproxy/haproxy.cfg",
    mended: [FILES, "handler reload haproxy"],
  },
  {
    what: "a file that was emptied",
    how: ": > /etc/keepalived/keepalived.conf",
    mended: [FILES, "handler reload keepalived"],
  },
  {
    what: "a file that was deleted",
    how: "rm /etc/keepalived/check_haproxy_ready.sh",
    mended: [FILES, "handler reload keepalived"],
  },
  {
    what: "a folder that was deleted",
    how: "rm -r /etc/keepalived",
    mended: [FILES, "handler reload keepalived"],
  },
  {
    what: "a drop-in that was deleted",
    how: "rm /etc/systemd/system/haproxy.service.d/holdfast.conf && systemctl daemon-reload",
    mended: ["files systemd drop-ins", "handler restart haproxy"],
  },
  {
    what: "a file with another mode",
    how: "chmod 0600 /etc/haproxy/haproxy.cfg",
    mended: [FILES],
  },
  {
    what: "a file with another owner",
    how: "chown haproxy:haproxy /etc/keepalived/keepalived.conf",
    mended: [FILES],
  },
  {
    what: "a stopped haproxy",
    how: "systemctl stop haproxy",
    mended: ["service haproxy enabled, running"],
  },
  {
    what: "a stopped keepalived",
    how: "systemctl stop keepalived",
    mended: ["service keepalived enabled, running"],
  },
  {
    what: "a disabled service",
    how: "systemctl -q disable haproxy",
    mended: ["service haproxy enabled, running"],
  },
  {
    what: "a kernel setting that was changed",
    how: "echo 7200 > /proc/sys/net/ipv4/tcp_keepalive_time",
    mended: ["sysctl tcp-keepalive"],
  },
  {
    what: "a kernel setting that no reboot keeps",
    how: "rm /etc/sysctl.d/60-holdfast-tcp-keepalive.conf",
    mended: ["sysctl tcp-keepalive"],
  },
  {
    what: "a user with another shell",
    // Not usermod: it refuses a user whose scripts run at the moment.
    how: "sed -i '/^keepalived_script:/s|[^:]*$|/bin/bash|' /etc/passwd",
    mended: ["user keepalived_script"],
  },
  {
    what: "a removed package",
    how: `${APT} remove haproxy`,
    mended: ["packages haproxy, keepalived, curl", "service haproxy enabled, running"],
  },
  {
    what: "a purged package, which leaves its folder",
    how: `${APT} purge keepalived`,
    mended: ["packages haproxy, keepalived, curl", "service keepalived enabled, running"],
  },
  {
    what: "a purged package, which takes its folder along",
    how: `${APT} purge haproxy && rm -rf /etc/haproxy`,
    mended: ["packages haproxy, keepalived, curl", FILES, "service haproxy enabled, running"],
  },
];

Deno.test({
  name: "apply mends what was broken by hand, and only that",
  ignore,
  fn: (t) =>
    withLab("repair", async (lab) => {
      const { inventoryFile } = lab;
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      const managed = await hf.managedFiles(lab, "lb2");
      for (const { what, how, mended } of DAMAGES) {
        await t.step(what, async () => {
          await hf.root(lab, "lb1", how);
          const check = await hf.holdfast("check", inventoryFile);
          hf.assertExit(check, 2);
          const run = await hf.holdfast("apply", inventoryFile);
          hf.assertExit(run, 0);
          assertEquals(hf.tasksOf(run, "changed"), mended.map((task) => `lb1 ${task}`).sort());
          hf.assertForecast(check, run);
          await hf.assertConverged(inventoryFile);
          assertEquals(await hf.litter(lab, "lb1"), "");
        });
      }
      await t.step("the other host was left alone", async () => {
        assertEquals(await hf.managedFiles(lab, "lb2"), managed);
      });
    }),
});
