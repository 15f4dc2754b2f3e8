import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RUN_DIR } from "../../src/journal/places.ts";
import { type Lab, powerOff, powerOn, type Suite } from "../../src/lab/mod.ts";
import { assertTidy, dwell, hurry, underWay } from "./halting.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const CFG = "/etc/haproxy/haproxy.cfg";

/** Ends an apply when its first file has moved on lb1, and asserts that the host goes back by itself. */
async function assertGoesBack(
  lab: Lab,
  minutes: number,
  end: (child: Deno.ChildProcess) => Promise<void>,
): Promise<string> {
  const inventory = await hf.editInventory(
    lab,
    `halted-${minutes}`,
    hf.withEndpoint(`haproxy: { client_timeout: ${minutes}m }`),
  );
  const before = await hf.managedState(lab, "lb1");
  await dwell(lab, "mv", `*" ${CFG} "*`, "after");
  const { child, done } = hf.start("apply", inventory);
  await underWay(lab);
  assertStringIncludes(await hf.root(lab, "lb1", `cat ${CFG}`), `timeout client ${minutes}m`);
  await end(child);
  await done;
  await assertTidy(lab);
  assertEquals(await hf.managedState(lab, "lb1"), before);
  await hurry(lab);
  const by = await hf.root(lab, "lb1", `ls ${RUN_DIR} | grep reverted`);
  hf.assertExit(await hf.holdfast("apply", inventory, { flags: ["--lock-timeout", "2m"] }), 0);
  await hf.assertConverged(inventory);
  return by.trim();
}

// The other tests run on bookworm.
for (const suite of ["bullseye", "trixie"] satisfies Suite[]) {
  Deno.test({
    name: `${suite}: apply, apply again, verify, the address moves, and a host goes back`,
    ignore,
    fn: () =>
      withLab(suite, async (lab) => {
        assertStringIncludes(await hf.root(lab, "lb1", "cat /etc/os-release"), `(${suite})`);
        const check = await hf.holdfast("check", lab.inventoryFile);
        hf.assertExit(check, 2);
        const run = await hf.holdfast("apply", lab.inventoryFile);
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        assertMatch(hf.checksOf(run).join(), /^ok held by lb[12], .*backends 3\/3/);
        assertEquals(await hf.throughVip(lab), 200);
        await hf.assertConverged(lab.inventoryFile);
        await hf.assertAddressMoves(lab);
        await hf.assertConverged(lab.inventoryFile);
        for (const { name } of lab.hosts) assertEquals(await hf.litter(lab, name), "");
        const killed = await assertGoesBack(lab, 11, (child) => {
          child.kill("SIGKILL");
          return Promise.resolve();
        });
        assertEquals(killed, "reverted.session");
        const cut = await assertGoesBack(lab, 12, async (child) => {
          await powerOff(lab, "lb1");
          child.kill("SIGKILL");
          await powerOn(lab, "lb1");
        });
        assertEquals(cut, "reverted.boot");
      }, { suite }),
  });
}
