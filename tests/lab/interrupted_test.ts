import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Status } from "../../src/events.ts";
import { RUN_DIR } from "../../src/journal/places.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { assertTidy, dwell, exists, hurry, MARK, underWay } from "./halting.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const CFG = "/etc/haproxy/haproxy.cfg";
const FILES = "files haproxy and keepalived";
const BACK = "go back to how it was";

/** What lb1 has of the deployment: files, and the processes of the daemons. */
async function look(lab: Lab): Promise<string> {
  return await hf.managedState(lab, "lb1") + await hf.daemons(lab, "lb1");
}

/** Tasks of lb1 that ended so, sorted. */
function lb1Of(run: hf.Run, status: Status): string[] {
  return hf.tasksOf(run, status).flatMap((task) =>
    task.startsWith("lb1 ") ? [task.slice("lb1 ".length)] : []
  );
}

/** Applies again, as soon as the host has ended what the lost run had begun. */
function again(inventory: string): Promise<hf.Run> {
  return hf.holdfast("apply", inventory, { flags: ["--lock-timeout", "2m"] });
}

let edition = 10;
/** An inventory that asks for a change of haproxy.cfg and keepalived.conf on lb1. */
function changed(lab: Lab): Promise<string> {
  edition += 1;
  const endpoint = hf.withEndpoint(`haproxy: { client_timeout: ${edition}m }`);
  return hf.editInventory(lab, `changed-${edition}`, (text) =>
    endpoint(text).replace(
      /(lb1: \{ .*) \}/,
      `$1, endpoint_host: { priority: ${200 + edition} } }`,
    ));
}

Deno.test({
  name: "an apply that was ended half way leaves the host as it was",
  ignore,
  fn: (t) =>
    withLab("halted", async (lab) => {
      await t.step("killed while packages are installed", async () => {
        const { child, done } = hf.start("apply", lab.inventoryFile);
        await hf.eventually("dpkg runs", () => exists(lab, "pgrep -x dpkg >/dev/null"));
        child.kill("SIGKILL");
        const killed = await done;
        assertEquals(hf.tasksOf(killed, "changed").filter((task) => / packages /.test(task)), []);
        // dpkg is waited for, and only then does the host go back: that takes what dpkg takes.
        await hf.eventually(
          "it went back",
          () => exists(lab, `[ -e ${RUN_DIR}/reverted.session ]`),
          300_000,
        ).catch(async (error) => {
          const state = `ls -l --full-time ${RUN_DIR}; date; ps axo pid,etime,stat,args; ` +
            "systemctl list-units --all 'holdfast*'";
          console.error(await hf.root(lab, "lb1", state));
          throw error;
        });
        assertEquals(await hf.root(lab, "lb1", "dpkg --audit"), "");
        const run = await again(lab.inventoryFile);
        hf.assertExit(run, 0);
        await hf.assertConverged(lab.inventoryFile);
        for (const { name } of lab.hosts) assertEquals(await hf.litter(lab, name), "");
      });

      await t.step("killed before the first file moves: every file is the old one", async () => {
        const inventory = await changed(lab);
        const before = await hf.managedFiles(lab, "lb1");
        await dwell(lab, "haproxy", '*" -c "*', "before");
        const { child, done } = hf.start("apply", inventory);
        await underWay(lab);
        child.kill("SIGKILL");
        await done;
        await assertTidy(lab);
        assertEquals(await hf.managedFiles(lab, "lb1"), before);
        await hurry(lab);
        hf.assertExit(await again(inventory), 0);
        await hf.assertConverged(inventory);
      });

      await t.step("killed between two files: the host goes back by itself", async () => {
        const inventory = await changed(lab);
        const before = await look(lab);
        await dwell(lab, "mv", `*" ${CFG} "*`, "after");
        const { child, done } = hf.start("apply", inventory);
        await underWay(lab);
        const half = await hf.root(lab, "lb1", `cat ${CFG}`);
        assertMatch(half, new RegExp(`timeout client ${edition}m`));
        assertMatch(await hf.litter(lab, "lb1"), /reload haproxy\nreload keepalived\n$/);
        child.kill("SIGKILL");
        await done;
        // The step is asked to end, but moves on; the host ends it after two seconds.
        await assertTidy(lab);
        assertEquals(await look(lab), before);
        assertEquals(
          await hf.root(lab, "lb1", `cd ${RUN_DIR} && ls open reverted.* 2>/dev/null || :`),
          "reverted.session\n",
        );
        await hurry(lab);
        const run = await again(inventory);
        hf.assertExit(run, 0);
        assertEquals(lb1Of(run, "changed"), [
          FILES,
          "handler reload haproxy",
          "handler reload keepalived",
        ]);
        await hf.assertConverged(inventory);
        assertEquals(await hf.litter(lab, "lb1"), "");
      });

      await t.step(
        "Ctrl-C lets the step end, starts no other, and the host goes back",
        async () => {
          const inventory = await changed(lab);
          const before = await look(lab);
          await dwell(lab, "haproxy", '*" -c "*', "before");
          const { child, done } = hf.start("apply", inventory);
          await underWay(lab);
          child.kill("SIGINT");
          await hf.root(lab, "lb1", `sleep 1; rm ${MARK}`);
          const halted = await done;
          hf.assertExit(halted, 130);
          assertMatch(halted.stderr, /Stopping after the steps that are under way/);
          assertEquals(lb1Of(halted, "changed"), [FILES, BACK]);
          assert(lb1Of(halted, "skipped").includes("handler reload haproxy"));
          assertEquals(hf.saidOf(halted, "rolled-back"), [
            'Cannot keep the change on "lb1": the run was interrupted; it is as it was before this ' +
            "run, and the endpoint stands as before",
          ]);
          assertEquals(await look(lab), before);
          assertEquals(await hf.litter(lab, "lb1"), "");
          await hurry(lab);
          const run = await again(inventory);
          hf.assertExit(run, 0);
          assert(lb1Of(run, "changed").includes("handler reload haproxy"));
          await hf.assertConverged(inventory);
          assertEquals(await hf.litter(lab, "lb1"), "");
        },
      );

      await t.step("a second Ctrl-C ends at once, and the host ends its step", async () => {
        const inventory = await changed(lab);
        const before = await hf.managedFiles(lab, "lb1");
        await dwell(lab, "haproxy", '*" -c "*', "before");
        const { child, done } = hf.start("apply", inventory);
        await underWay(lab);
        child.kill("SIGINT");
        await new Promise((resolve) => setTimeout(resolve, 300));
        child.kill("SIGINT");
        hf.assertExit(await done, 130);
        await assertTidy(lab);
        assertEquals(await hf.managedFiles(lab, "lb1"), before);
        await hurry(lab);
        hf.assertExit(await again(inventory), 0);
        await hf.assertConverged(inventory);
      });
    }),
});
