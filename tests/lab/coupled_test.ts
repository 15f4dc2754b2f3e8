/** What must not differ between members changes on all of them together, or not at all. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { labAvailable, withLab } from "./helpers.ts";
import { longestBoth, whileWatching } from "./holding.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

/** Two hosts may hold the address while one takes over from the other, and no longer. */
const SWITCH_MS = 1000;

const GUIDE = [
  "profile: guide",
  "vrrp: { router_id: 51, auth_pass: { env: VRRP_PASS } }",
];

/**
 * Makes the host that holds the address slow to take its new configuration: what the other one says
 * meanwhile must not make that one take the address too.
 */
const SLOW = `for unit in haproxy keepalived; do mkdir -p /run/systemd/system/$unit.service.d; done
printf '[Service]\nExecStartPre=/bin/sleep 5\n' >/run/systemd/system/haproxy.service.d/slow.conf
printf '[Service]\nExecReload=\nExecReload=/bin/sleep 6\nExecReload=/bin/kill -HUP $MAINPID\n' \\
  >/run/systemd/system/keepalived.service.d/slow.conf
systemctl daemon-reload`;

Deno.test("longestBoth() measures the time in which two hold, by the looks of both", () => {
  const alone = [[[0, true], [20, true], [40, false]], [[10, false], [50, true]]] as const;
  assertEquals(longestBoth(alone), 0);
  const both = [[[0, true], [40, true], [90, false]], [[10, false], [30, true], [
    95,
    true,
  ]]] as const;
  assertEquals(longestBoth(both), 60);
  const lasting = [[[0, true], [500, true]], [[10, true], [510, true]]] as const;
  assertEquals(longestBoth(lasting), 500);
});

Deno.test({
  name: "changes that must not differ between members",
  ignore,
  fn: (t) =>
    withLab("coupled", async (lab) => {
      const written = (name: string, lines: readonly string[]) =>
        hf.editInventory(lab, name, hf.withEndpoint(...lines));
      const guide = await written("guide", GUIDE);
      const multicast = await written("multicast", ["vrrp: { mode: multicast }"]);
      const fast = await written("fast", ["profile: fast"]);
      const standard = lab.inventoryFile;
      const other = lab.vip.replace(/\d+$/, "77");
      const moved = await hf.editInventory(lab, "moved", (text) => text.replace(lab.vip, other));

      /** Applies, and sees to it that two hosts never held an address for longer than a switch takes. */
      const goes = async (inventory: string, pass = "hf-4711", vip = lab.vip) => {
        const watched = await whileWatching(lab, [lab.vip, other], async () => {
          const run = await hf.holdfast("apply", inventory, { env: { VRRP_PASS: pass } });
          hf.assertExit(run, 0);
          assertNotEquals(hf.tasksOf(run, "changed"), []);
          assertMatch(hf.checksOf(run).join(), /^ok held by lb[12], .* through the address 200$/);
          assertEquals((await hf.holders({ ...lab, vip })).length, 1);
        });
        for (const [address, { longestBothMs, looks }] of watched) {
          for (const count of Object.values(looks)) assert(count > 20, `only ${count} looks`);
          assert(longestBothMs <= SWITCH_MS, `two held ${address} for ${longestBothMs} ms`);
        }
        // The API servers' certificates are good for one address.
        if (vip === lab.vip) assertEquals(await hf.throughVip(lab), 200);
      };

      hf.assertExit(await hf.holdfast("apply", guide, { env: { VRRP_PASS: "hf-4711" } }), 0);
      assertEquals(await hf.holders(lab), ["lb1"]);
      await hf.root(lab, "lb1", SLOW);

      await t.step("a new password", () => goes(guide, "hf-4712"));
      await t.step("guide to standard", () => goes(standard));

      await t.step(
        "a limit that leaves a member behind is refused, and nothing is changed",
        async () => {
          const look = async () =>
            await Promise.all(
              lab.hosts.map(async ({ name }) =>
                await hf.managedFiles(lab, name) + await hf.daemons(lab, name)
              ),
            );
          const before = await look();
          const run = await hf.holdfast("apply", fast, { flags: ["--limit", "lb1"] });
          assertNotEquals(run.code, 0);
          assertMatch(
            `${JSON.stringify(run.events)}${run.stderr}`,
            /without \\*"lb2\\*", left out by --limit.*advert interval 0.3 s -> 0.1 s/,
          );
          assertEquals(hf.tasksOf(run, "changed"), []);
          assertEquals(await look(), before);
          assertEquals((await hf.holders(lab)).length, 1);
        },
      );

      await t.step("standard to fast", () => goes(fast));
      await t.step("fast to guide", () => goes(guide));
      await t.step("guide to standard over multicast", () => goes(multicast));
      await t.step("multicast to unicast", () => goes(standard));
      await t.step("a new address", async () => {
        await goes(moved, "", other);
        assertEquals(await hf.holders(lab), [], "the old address is still held");
      });
      await hf.assertConverged(moved);
    }),
});
