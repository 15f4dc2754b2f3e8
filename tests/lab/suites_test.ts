import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Suite } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

// The other tests run on bookworm.
for (const suite of ["bullseye", "trixie"] satisfies Suite[]) {
  Deno.test({
    name: `${suite}: apply, apply again, verify, and the address moves`,
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
      }, { suite }),
  });
}
