import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { OTHER_VERSION, turnInto } from "./systems.ts";

const ignore = await labAvailable() !== undefined;
const HOSTS = ["lb1", "lb2"];
const TASK = "packages haproxy, keepalived, curl";

/** How often systemd has begun to start each daemon since the boot. */
async function starts(lab: Lab, host: string): Promise<number[]> {
  const count = (unit: string) =>
    `journalctl -q -b --no-pager -o cat -u ${unit} | grep -c '^Starting ${unit}' || :`;
  const text = await hf.root(lab, host, `${count("haproxy")}\n${count("keepalived")}`);
  return text.trim().split("\n").map(Number);
}

/** What a package manager keeps on a host; rpm's readers write the map of its database. */
function kept(lab: Lab, host: string): Promise<string> {
  return hf.root(
    lab,
    host,
    `find /etc /usr /var/cache /var/lib /var/log/dnf* /var/log/zypp* /run -xdev -type f ! -name rpmdb.sqlite-shm ! -path '/run/systemd/*' ! -path '/run/user/*' ! -path '/run/utmp' ! -path /run/motd.dynamic ! -path '/var/lib/systemd/*' -printf '%p %s %T@\\n' 2>/dev/null | sort`,
  );
}

const versions = (lab: Lab, host: string) =>
  hf.root(lab, host, "rpm -q --qf '%{NAME} %{VERSION}\\n' haproxy keepalived curl");

Deno.test({
  name: "hosts with dnf and with zypper are deployed",
  ignore,
  fn: (t) =>
    withLab("systems", async (lab) => {
      const { inventoryFile } = lab;
      await Promise.all([turnInto(lab, "lb1", "rocky"), turnInto(lab, "lb2", "opensuse")]);

      await t.step("check leaves nothing, and knows what would be installed", async () => {
        const before = await Promise.all(HOSTS.map((host) => kept(lab, host)));
        const check = await hf.holdfast("check", inventoryFile);
        hf.assertExit(check, 2);
        for (const host of HOSTS) {
          const change = hf.changesOf(check).filter((line) => line.includes(`${host} | ${TASK}`));
          const names = ["curl", "haproxy", "keepalived"];
          assertEquals(change, names.map((name) => `${host} | ${TASK} | run | ${name}`));
        }
        assertEquals(await Promise.all(HOSTS.map((host) => kept(lab, host))), before);
      });

      await t.step("an installation starts nothing", async () => {
        hf.assertExit(
          await hf.holdfast("apply", inventoryFile, { flags: ["--tags", "packages"] }),
          0,
        );
        for (const host of HOSTS) assertEquals(await starts(lab, host), [0, 0]);
      });

      await t.step("apply deploys, starts each daemon once, and finds nothing left", async () => {
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        for (const host of HOSTS) assertEquals(await starts(lab, host), [1, 1]);
        assertEquals((await hf.holders(lab)).length, 1);
        await hf.assertConverged(inventoryFile);
      });

      const pinned = await hf.editInventory(
        lab,
        "pinned",
        hf.withEndpoint(`packages: { haproxy: "${OTHER_VERSION.slice(0, 3)}.*", hold: true }`),
      );
      await t.step("another version is one start, by the play, and is held", async () => {
        const before = await Promise.all(HOSTS.map((host) => starts(lab, host)));
        const run = await hf.holdfast("apply", pinned);
        hf.assertExit(run, 0);
        for (const [i, host] of HOSTS.entries()) {
          assertStringIncludes(await versions(lab, host), `haproxy ${OTHER_VERSION}\n`);
          assertEquals((await starts(lab, host))[0], (before[i]?.[0] ?? 0) + 1, host);
        }
        assertMatch(
          await hf.root(lab, "lb1", "cat /etc/dnf/plugins/versionlock.list"),
          /^haproxy-0:2\.5\.0-1\.\*$/m,
        );
        assertMatch(
          await hf.root(lab, "lb2", "cat /etc/zypp/locks"),
          /^solvable_name: haproxy$/m,
        );
        assertEquals((await hf.holders(lab)).length, 1);
        await hf.assertConverged(pinned);
      });

      await t.step("no mask is left", async () => {
        for (const host of HOSTS) {
          assertEquals(
            await hf.root(lab, host, "ls /run/systemd/system | grep -E 'haproxy|keepalived' || :"),
            "",
          );
        }
      });
    }),
});
