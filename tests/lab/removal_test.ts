import { assert, assertEquals, assertMatch } from "@std/assert";
import { MEMBERS_FILE, PATHS } from "../../src/endpoint/paths.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { longestSilence } from "./silence.ts";

const ignore = await labAvailable() !== undefined;

const GONE = [
  "lb1 no files of the endpoint",
  "lb1 no record of members",
  "lb1 no user keepalived_script of ours",
  "lb1 service haproxy disabled, stopped",
  "lb1 service keepalived disabled, stopped",
];

/** What a host still has of the endpoint. */
function left(lab: Lab, host: string): Promise<string> {
  return hf.root(
    lab,
    host,
    `ls -d ${MEMBERS_FILE} ${
      Object.values(PATHS).join(" ")
    } /etc/sysctl.d/*holdfast* /etc/systemd/system/*.service.d 2>/dev/null
ip -o addr show to ${lab.vip}/32
grep keepalived_script /etc/passwd /etc/group
for unit in haproxy keepalived; do
  systemctl -q is-active "$unit" && echo "$unit runs"
  systemctl -q is-enabled "$unit" 2>/dev/null && echo "$unit starts at boot"
  systemctl -q is-failed "$unit" && echo "$unit failed"
done
systemctl show -p NeedDaemonReload haproxy keepalived | grep yes
:`,
  );
}

/** Position of the end of a task in a run. */
function endOf(run: hf.Run, host: string, task: string): number {
  return run.events.findIndex((it) =>
    it.type === "task-end" && it.host === host && it.task === task && it.status === "changed"
  );
}

Deno.test({
  name: "a load balancer leaves while clients are served, and the whole endpoint goes",
  ignore,
  fn: (t) =>
    withLab("removal", async (lab) => {
      const { inventoryFile } = lab;
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      await hf.eventually("lb1 holds", async () => (await hf.holders(lab)).join() === "lb1");
      const absent = await hf.editInventory(
        lab,
        "absent",
        (text) => text.replace(/^( +lb1: \{ )/m, "$1endpoint_host: { state: absent }, "),
      );

      await t.step("check says what goes, and verify that it is still there", async () => {
        const check = await hf.holdfast("check", absent);
        hf.assertExit(check, 2);
        assertEquals(hf.tasksOf(check, "changed").filter((task) => task.startsWith("lb1")), [
          "lb1 handler forget units",
          ...GONE,
        ]);
        const verify = await hf.holdfast("verify", absent);
        hf.assertExit(verify, 3);
        assertMatch(hf.checksOf(verify).join(), /lb1, which is to leave, holds the address/);
      });

      await t.step("the holder leaves first, and clients hardly feel it", async () => {
        const check = await hf.holdfast("check", absent);
        let run!: hf.Run;
        const gap = await longestSilence(lab, async () => {
          run = await hf.holdfast("apply", absent);
        });
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        assert(gap < 5000, `${gap} ms without an answer`);
        assertEquals(await hf.holders(lab), ["lb2"]);
        const gone = endOf(run, "lb1", "service keepalived disabled, stopped");
        const forgotten = endOf(run, "lb2", "files haproxy and keepalived");
        assert(gone >= 0 && gone < forgotten, `${gone} ${forgotten}`);
      });

      await t.step("nothing is left on it but packages, and nobody speaks to it", async () => {
        assertEquals(await left(lab, "lb1"), "");
        assertMatch(await hf.root(lab, "lb1", "dpkg-query -W haproxy keepalived"), /haproxy/);
        const conf = await hf.root(lab, "lb2", `cat ${PATHS.keepalived}`);
        const address = lab.hosts.find(({ name }) => name === "lb1")?.address ?? "?";
        assertEquals(conf.includes(address), false);
      });

      await t.step("a second apply changes nothing, in one round trip", async () => {
        const again = await hf.holdfast("apply", absent);
        hf.assertExit(again, 0);
        assertEquals(hf.tasksOf(again, "changed"), []);
        for (const { roundTrips } of Object.values(hf.recapOf(again))) assertEquals(roundTrips, 1);
        hf.assertExit(await hf.holdfast("verify", absent), 0);
      });

      await t.step("a host that has left can come back", async () => {
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        await hf.assertConverged(inventoryFile);
      });

      await t.step("an address that a killed keepalived left behind goes too", async () => {
        await hf.root(
          lab,
          "lb1",
          `systemctl stop keepalived && ip addr add ${lab.vip}/32 dev eth0 2>/dev/null || ip addr add ${lab.vip}/32 dev host0`,
        );
        const run = await hf.holdfast("apply", absent);
        hf.assertExit(run, 0);
        assertEquals(endOf(run, "lb1", `no address ${lab.vip}`) >= 0, true);
        assertEquals(await left(lab, "lb1"), "");
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      });

      await t.step(
        "a host that the inventory forgets is named, until it was taken out",
        async () => {
          const path = await hf.editInventory(
            lab,
            "forgotten",
            (text) => text.replace(/^ +lb1: .*\n/m, ""),
          );
          const warnings = (run: hf.Run) =>
            run.events.flatMap((it) =>
              it.type === "diagnostic" && it.diagnostic.code === "former-member"
                ? [it.diagnostic.message]
                : []
            );
          const check = await hf.holdfast("check", path);
          assertMatch(warnings(check).join(), /^"lb1" \(.*\) was a load balancer of /);
          // One that looks, and the preflight of what is left to change.
          for (const { roundTrips } of Object.values(hf.recapOf(check))) {
            assertEquals(roundTrips, 2);
          }
          hf.assertExit(await hf.holdfast("apply", absent), 0);
          const clean = await hf.holdfast("apply", path);
          hf.assertExit(clean, 0);
          assertEquals(warnings(clean), []);
          hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        },
      );

      await t.step("the whole endpoint goes from every host", async () => {
        const path = await hf.editInventory(lab, "end", hf.withEndpoint("state: absent"));
        const check = await hf.holdfast("check", path);
        const run = await hf.holdfast("apply", path);
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        assertEquals(await hf.holders(lab), []);
        for (const host of ["lb1", "lb2"]) {
          assertEquals(await left(lab, host), "");
        }
        const again = await hf.holdfast("apply", path);
        assertEquals([again.code, hf.tasksOf(again, "changed")], [0, []]);
        hf.assertExit(await hf.holdfast("verify", path), 0);
      });
    }),
});
