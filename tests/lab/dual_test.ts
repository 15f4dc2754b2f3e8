/** Addresses of both families, and several of one, on real hosts. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { addressesOf, alone } from "../../src/addresses.ts";
import { asDeployed } from "../../src/endpoint/deployed.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import type { Lab, Suite } from "../../src/lab/mod.ts";
import { anEndpoint } from "../helpers.ts";
import { endsOf } from "./drills.ts";
import { labAvailable, withLab } from "./helpers.ts";
import { whileWatching } from "./holding.ts";
import * as hf from "./holdfast.ts";
import { longestSilence } from "./silence.ts";

const ignore = await labAvailable() !== undefined;

/** Two hosts may hold an address while one takes over from the other, and no longer. */
const SWITCH_MS = 1000;

/** Writes an inventory whose endpoint has these addresses. */
function withAddresses(lab: Lab, name: string, ...addresses: readonly string[]): Promise<string> {
  const list = JSON.stringify(addresses);
  return hf.editInventory(
    lab,
    name,
    (text) => text.replace(`address: ${lab.vip}`, `address: ${list}`),
  );
}

/** Who holds each of these addresses, and what a client outside gets through it. */
async function seen(lab: Lab, addresses: readonly string[]): Promise<string[]> {
  return await Promise.all(addresses.map(async (vip) => {
    const at = { ...lab, vip };
    return `${(await hf.holders(at)).join()} ${await hf.throughVip(at)}`;
  }));
}

/** Waits until one host holds all of these addresses and they answer. */
function settled(lab: Lab, host: string, addresses: readonly string[]): Promise<void> {
  return hf.eventually(`${host} holds ${addresses.join(" and ")}, and they answer`, async () => {
    return (await seen(lab, addresses)).every((it) => it === `${host} 200`);
  });
}

/** Asserts that a second apply changes nothing, in one round trip, and that `verify` agrees. */
async function assertNothingLeft(inventory: string): Promise<void> {
  const again = await hf.holdfast("apply", inventory);
  hf.assertExit(again, 0);
  assertEquals(hf.tasksOf(again, "changed"), []);
  for (const { roundTrips } of Object.values(hf.recapOf(again))) assertEquals(roundTrips, 1);
  const verify = await hf.holdfast("verify", inventory);
  hf.assertExit(verify, 0);
  assertMatch(hf.checksOf(verify).join(), /^ok held by lb\d, .* through every address 200$/);
}

/** HAProxy of the holder dies: all addresses go to the other member, and come back when it is whole. */
async function assertMoveTogether(lab: Lab, addresses: readonly string[]): Promise<void> {
  await hf.root(lab, "lb1", "systemctl stop haproxy");
  await settled(lab, "lb2", addresses);
  await hf.root(lab, "lb1", "systemctl start haproxy");
  await settled(lab, "lb1", addresses);
}

Deno.test({
  name: "an endpoint gets an address of the other family, and both move together",
  ignore,
  fn: (t) =>
    withLab("dual", async (lab) => {
      const both = [lab.vip, lab.vip6];
      const dual = await withAddresses(lab, "dual", ...both);
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      await settled(lab, "lb1", [lab.vip]);
      const running = () => hf.root(lab, "lb1", "systemctl show -p MainPID --value keepalived");

      await t.step("it comes beside the one that clients use meanwhile", async () => {
        const check = await hf.holdfast("check", dual);
        hf.assertExit(check, 2);
        const before = await running();
        let run!: hf.Run;
        const watched = await whileWatching(lab, both, async () => {
          const silence = await longestSilence(lab, async () => {
            run = await hf.holdfast("apply", dual);
          });
          assert(silence < 3000, `${silence} ms without an answer of ${lab.vip}`);
        });
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        // Else the address would be away until it is elected again.
        assertEquals(await running(), before, "Keepalived of the holder was started anew");
        for (const [address, { longestBothMs }] of watched) {
          assert(longestBothMs <= SWITCH_MS, `two held ${address} for ${longestBothMs} ms`);
        }
        await settled(lab, "lb1", both);
        await assertNothingLeft(dual);
      });

      await t.step("a dead HAProxy moves both, and both come back", async () => {
        await assertMoveTogether(lab, both);
        await assertNothingLeft(dual);
      });

      await t.step("a killed Keepalived leaves neither behind", async () => {
        const watched = await whileWatching(lab, both, async () => {
          await hf.root(lab, "lb1", "systemctl kill -s KILL keepalived");
          await new Promise((resolve) => setTimeout(resolve, 4000));
        });
        for (const [address, { longestBothMs }] of watched) {
          assert(longestBothMs <= SWITCH_MS, `two held ${address} for ${longestBothMs} ms`);
        }
        await settled(lab, "lb1", both);
      });

      await t.step(
        "an address that is taken by hand comes back to where the other is",
        async () => {
          await hf.root(lab, "lb1", `ip addr del ${alone(lab.vip6)} dev eth0`);
          await settled(lab, "lb1", both);
        },
      );

      await t.step(
        "a host that holds the one while another holds the other is a fault",
        async () => {
          // What Keepalived does not know of: nobody takes it away again.
          await hf.root(lab, "lb2", `ip addr add ${alone(lab.vip6)} dev eth0 nodad`);
          const verify = await hf.holdfast("verify", dual);
          hf.assertExit(verify, 3);
          assertMatch(
            hf.checksOf(verify).join(),
            new RegExp(`${lab.vip} held by lb1, ${lab.vip6} held by lb1, lb2`),
          );
          await hf.root(lab, "lb2", `ip addr del ${alone(lab.vip6)} dev eth0`);
          await settled(lab, "lb1", both);
        },
      );

      await t.step("drills break it, with IPv6 first", async () => {
        const six = await withAddresses(lab, "six-first", lab.vip6, lab.vip);
        hf.assertExit(await hf.holdfast("apply", six), 0);
        await settled(lab, "lb1", both);
        const drills = {
          programs: [Deno.execPath()],
          addresses: [`[${lab.vip6}]:8443`, `${lab.vip}:8443`],
        };
        const flags = ["haproxy-killed", "vrrp-blocked", "link-down"];
        const run = await hf.holdfast("drill", six, { flags, drills });
        const ends = endsOf(run);
        const said = ends.map(({ drill, reasons }) => `${drill}: ${reasons.join("; ")}`).join("\n");
        hf.assertExit(run, 0);
        assertEquals(ends.map(({ verdict }) => verdict), ["pass", "pass", "pass"], said);
        for (const { drill, address = "", timeline, others = [] } of ends) {
          const asked = [{ address, timeline }, ...others];
          assertEquals(asked.map((one) => one.address).toSorted(), both.toSorted(), drill);
          for (const { address, timeline } of asked) {
            const held = timeline?.holders.map(({ host }) => host) ?? [];
            assert(held.includes("lb1") && held.includes("lb2"), `${drill}: ${address} ${held}`);
            assert((timeline?.requests.at.length ?? 0) > 200, `${drill}: ${address} was not asked`);
          }
        }
        await settled(lab, "lb1", both);
        hf.assertExit(await hf.holdfast("apply", dual), 0);
      });

      await t.step("several of each family move as one", async () => {
        const more = [...both, lab.vip.replace(/\d+$/, "9"), lab.vip6.replace(/a$/, "9")];
        const several = await withAddresses(lab, "several", ...more);
        hf.assertExit(await hf.holdfast("apply", several), 0);
        await assertNothingLeft(several);
        const held = async (host: string) =>
          (await Promise.all(more.map((vip) => hf.holders({ ...lab, vip }))))
            .every((holders) => holders.join() === host);
        await hf.eventually("lb1 holds all", () => held("lb1"));
        await hf.root(lab, "lb1", "systemctl stop keepalived");
        await hf.eventually("lb2 holds all", () => held("lb2"));
        await hf.root(lab, "lb1", "systemctl start keepalived");
        await hf.eventually("lb1 holds all again", () => held("lb1"));
        const text = await hf.root(lab, "lb2", `cat ${PATHS.keepalived}`);
        const found = addressesOf(asDeployed(anEndpoint("lb1"), { keepalived: text }));
        assertEquals(found.toSorted(), more.toSorted());
      });

      await t.step("one that the inventory drops goes from every host", async () => {
        hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
        await settled(lab, "lb1", [lab.vip]);
        for (const { name } of lab.hosts) {
          const addresses = await hf.root(lab, name, "ip -o addr show dev eth0");
          assertEquals(addresses.includes(alone(lab.vip6)), false, addresses);
        }
        await hf.assertConverged(lab.inventoryFile);
      });

      await t.step("rollback brings back what was before it", async () => {
        const run = await hf.holdfast("rollback", lab.inventoryFile);
        hf.assertExit(run, 0);
        assertMatch(hf.checksOf(run).join(), /through every address 200/);
        await settled(lab, "lb1", both);
      });

      await t.step("the whole endpoint goes, with its addresses", async () => {
        hf.assertExit(await hf.holdfast("apply", dual), 0);
        const gone = await hf.editInventory(
          lab,
          "gone",
          (text) =>
            text.replace(
              `address: ${lab.vip}`,
              `state: absent\n          address: ${JSON.stringify(both)}`,
            ),
        );
        // Left behind by one that was killed when nobody minded it any more.
        await hf.root(
          lab,
          "lb1",
          `systemctl stop keepalived && ip addr add ${alone(lab.vip6)} dev eth0 nodad`,
        );
        hf.assertExit(await hf.holdfast("apply", gone), 0);
        for (const vip of both) assertEquals(await hf.holders({ ...lab, vip }), []);
      });
    }),
});

// The test above is on bookworm.
for (const suite of ["bullseye", "trixie"] satisfies Suite[]) {
  Deno.test({
    name: `${suite}: addresses of both families are deployed at once, answer and move together`,
    ignore,
    fn: () =>
      withLab(`dual-${suite}`, async (lab) => {
        const both = [lab.vip, lab.vip6];
        const dual = await withAddresses(lab, "dual", ...both);
        const check = await hf.holdfast("check", dual);
        hf.assertExit(check, 2);
        const run = await hf.holdfast("apply", dual);
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        await settled(lab, "lb1", both);
        await assertNothingLeft(dual);
        // One more, and one less, under the clients of those that stay.
        const more = await withAddresses(lab, "more", ...both, lab.vip.replace(/\d+$/, "9"));
        for (const inventory of [more, dual]) {
          const silence = await longestSilence(lab, async () => {
            hf.assertExit(await hf.holdfast("apply", inventory), 0);
          });
          assert(silence < 3000, `${silence} ms without an answer of ${lab.vip}`);
          await assertNothingLeft(inventory);
        }
        await assertMoveTogether(lab, both);
        await assertNothingLeft(dual);
      }, { suite }),
  });
}

Deno.test({
  name: "an endpoint with an IPv6 address alone, and three members",
  ignore,
  fn: () =>
    withLab("six", async (lab) => {
      const six = await withAddresses(lab, "six", lab.vip6);
      hf.assertExit(await hf.holdfast("apply", six), 0);
      const at = { ...lab, vip: lab.vip6 };
      await settled(lab, "lb1", [lab.vip6]);
      await hf.assertConverged(six);
      // Each of the three in the order of the inventory, and the best of those that are whole.
      for (const [stopped, next] of [["lb1", "lb2"], ["lb2", "lb3"]] as const) {
        await hf.root(lab, stopped, "systemctl stop haproxy");
        await settled(lab, next, [lab.vip6]);
      }
      await hf.root(lab, "lb2", "systemctl start haproxy");
      await settled(lab, "lb2", [lab.vip6]);
      await hf.root(lab, "lb1", "systemctl start haproxy");
      await settled(lab, "lb1", [lab.vip6]);
      // The holder changes last, with its clients on another member.
      const other = await hf.editInventory(lab, "other", (text) =>
        hf.withEndpoint("oom_score_adjust: -200")(text)
          .replace(`address: ${lab.vip}`, `address: ${JSON.stringify(lab.vip6)}`));
      let run!: hf.Run;
      const silence = await longestSilence(at, async () => {
        run = await hf.holdfast("apply", other);
      });
      hf.assertExit(run, 0);
      assert(silence < 3000, `${silence} ms without an answer of ${lab.vip6}`);
      const order = run.events.flatMap((event) =>
        event.type === "task-end" && event.status === "changed" ? [event.host] : []
      );
      assertEquals([...new Set(order)], ["lb2", "lb3", "lb1"]);
      await settled(lab, "lb1", [lab.vip6]);
      assertEquals(await hf.holders(at), ["lb1"]);
    }, { hosts: 3 }),
});
