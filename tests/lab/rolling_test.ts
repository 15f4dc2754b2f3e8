/** The texts that move a member out of the way and bring its units back, on a real systemd. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { handlerScripts } from "../../src/endpoint/needs.ts";
import { keepers, standDown } from "../../src/endpoint/rolling.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { sh } from "../../src/shell.ts";
import { anEndpoint } from "../helpers.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const [keeper] = keepers();
const { save = "", restore = "" } = keeper ?? {};
const RUNNING = "haproxy active enabled\nkeepalived active enabled\n";

/** Brings units back as a run does that is undone. */
function undo(lab: Lab, saved: string, ...notified: readonly string[]): Promise<string> {
  return hf.root(
    lab,
    "lb1",
    sh`saved=${saved}; notified=${notified.join("\n")}; early=` + `\n${restore}`,
  );
}

const now = (lab: Lab) => hf.root(lab, "lb1", save);
const pids = (lab: Lab) =>
  hf.root(lab, "lb1", "systemctl show -p MainPID --value haproxy keepalived");

Deno.test({
  name: "a member stands down, and its units are brought back",
  ignore,
  fn: (t) =>
    withLab("rolling", async (lab) => {
      const bare = await now(lab);
      await t.step(
        "units that do not exist neither run nor start at boot, and bringing them back does nothing",
        async () => {
          assertEquals(bare, "haproxy inactive disabled\nkeepalived inactive disabled\n");
          await undo(lab, bare, "restart haproxy");
          assertEquals(await now(lab), bare);
        },
      );
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      assertEquals(await hf.holders(lab), ["lb1"]);
      const endpoint = { ...anEndpoint("lb1", "lb2"), address: lab.vip };
      const { leave, join } = standDown(endpoint);

      await t.step(
        "the holder leaves the address to the other one, and takes part again",
        async () => {
          await hf.root(lab, "lb1", leave);
          assertEquals((await hf.holders(lab)).includes("lb1"), false);
          await hf.eventually("lb2 holds", async () => (await hf.holders(lab)).join() === "lb2");
          await hf.root(lab, "lb1", leave);
          assertEquals(await hf.throughVip(lab), 200);
          await hf.root(lab, "lb1", join);
          await hf.root(lab, "lb1", join);
          await hf.eventually("lb1 holds", async () => (await hf.holders(lab)).join() === "lb1");
        },
      );

      await t.step("an address that was left behind goes", async () => {
        await hf.root(lab, "lb1", "systemctl stop keepalived");
        await hf.root(lab, "lb1", sh`ip addr add ${`${lab.vip}/32`} dev eth0`);
        await hf.root(lab, "lb1", leave);
        assertEquals(await hf.root(lab, "lb1", sh`ip -o addr show to ${lab.vip}`), "");
        await hf.root(lab, "lb1", join);
      });

      await t.step("what ran and started at boot does so again", async () => {
        await hf.root(lab, "lb1", "systemctl -q disable --now keepalived haproxy");
        await undo(lab, RUNNING, "reload haproxy");
        assertEquals(await now(lab), RUNNING);
        const before = await pids(lab);
        await undo(lab, RUNNING);
        assertEquals(await pids(lab), before);
      });

      await t.step("what runs reads files that are taken back, or starts anew", async () => {
        const [haproxy, keepalived] = (await pids(lab)).split(/\s+/);
        const worker = "cat /proc/$(systemctl show -p MainPID --value haproxy)/task/*/children";
        const before = await hf.root(lab, "lb1", worker);
        await undo(lab, RUNNING, "reload haproxy", "reload keepalived");
        assertEquals((await pids(lab)).split(/\s+/).slice(0, 2), [haproxy, keepalived]);
        assertEquals(await hf.root(lab, "lb1", worker) === before, false);
        await undo(lab, RUNNING, ...handlerScripts().map(({ name }) => name));
        const anew = (await pids(lab)).split(/\s+/);
        assertEquals([anew[0] === haproxy, anew[1] === keepalived], [false, false]);
        assertEquals(await now(lab), RUNNING);
      });

      await t.step(
        "a daemon that cannot start is said, and the other one is brought back",
        async () => {
          await hf.root(
            lab,
            "lb1",
            "systemctl stop keepalived haproxy; echo x >>/etc/haproxy/haproxy.cfg",
          );
          const said = await hf.root(
            lab,
            "lb1",
            sh`saved=${RUNNING}; notified=; early=` + `\n${restore}\necho "ended with $?"`,
          );
          assertStringIncludes(said, "ended with 1");
          assertEquals((await now(lab)).includes("keepalived active enabled"), true);
          await hf.root(lab, "lb1", "sed -i '$d' /etc/haproxy/haproxy.cfg");
        },
      );

      await t.step("what came with the run neither runs nor starts at boot", async () => {
        await undo(lab, bare, "restart haproxy", "restart keepalived");
        assertEquals(await now(lab), "haproxy inactive disabled\nkeepalived inactive disabled\n");
      });
    }),
});
