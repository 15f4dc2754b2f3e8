import { assert, assertEquals, assertMatch } from "@std/assert";
import { attempt } from "../../src/lab/run.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

/** Applies with an ssh first in the PATH that leaves a trace, and asserts that nobody called it. */
async function assertRefused(lab: Lab, inventory: string, says: RegExp, flags: string[] = []) {
  const dir = `${lab.stateDir}/bin`;
  await Deno.mkdir(dir, { recursive: true });
  await Deno.writeTextFile(
    `${dir}/ssh`,
    `#!/bin/sh\ntouch ${dir}/called\nexec /usr/bin/ssh "$@"\n`,
    {
      mode: 0o755,
    },
  );
  const env = { PATH: `${dir}:${Deno.env.get("PATH")}` };
  const run = await hf.holdfast("apply", inventory, { flags, env });
  hf.assertExit(run, 1);
  assertMatch(run.stderr, says);
  assertEquals(run.events.filter(({ type }) => type === "run-start"), []);
  assertEquals(await attempt(["ls", dir], { to: "list" }).then(({ stdout }) => stdout), "ssh\n");
  // The same with nothing wrong, so that the trace is known to work.
  hf.assertExit(await hf.holdfast("check", lab.inventoryFile, { env }), 2);
  await Deno.remove(`${dir}/called`);
}

Deno.test({
  name: "what cannot be used is refused with its place, and no host is contacted",
  ignore,
  fn: (t) =>
    withLab("usage", async (lab) => {
      await t.step("an unknown key", async () => {
        const path = await hf.editInventory(lab, "key", hf.withEndpoint("adress: 10.88.0.10"));
        const line = (await Deno.readTextFile(path)).split("\n")
          .findIndex((text) => text.includes("adress")) + 1;
        const column = 11;
        const place = new RegExp(`${path}:${line}:${column}: Cannot .*"adress"[^]*address`);
        await assertRefused(lab, path, place);
      });

      await t.step("an inventory that is not there", async () => {
        await assertRefused(lab, `${lab.stateDir}/nowhere.yaml`, /Cannot .*nowhere\.yaml/);
      });

      await t.step("a limit that selects nothing", async () => {
        await assertRefused(lab, lab.inventoryFile, /Cannot .*"?nosuch/, ["--limit", "nosuch"]);
        await assertRefused(lab, lab.inventoryFile, /Cannot .*masters/, ["--limit", "masters"]);
      });

      await t.step("a flag that does not exist", async () => {
        await assertRefused(
          lab,
          lab.inventoryFile,
          /Cannot use "--frobnicate": holdfast apply has no such option/,
          ["--frobnicate"],
        );
      });

      await t.step(
        "no permissions and no terminal: the command that is printed works",
        async () => {
          const refused = await hf.spawn([
            "run",
            "--no-prompt",
            "cli.ts",
            "check",
            lab.inventoryFile,
          ])
            .done;
          hf.assertExit(refused, 1);
          const command = refused.stderr.trimEnd().split("\n").at(-1)?.trim() ?? "";
          assertMatch(command, /^deno run --no-prompt --allow-run=ssh /);
          const { code, stdout } = await attempt(["sh", "-c", command], {
            to: "run what was printed",
          });
          assertEquals(code, 2);
          assertMatch(stdout, /^lb2 : ok=\d+ changed=\d+ unreachable=0 failed=0 skipped=0$/m);
        },
      );

      await t.step("no arguments at all: the commands are listed", async () => {
        const run = await hf.spawn(["run", "--no-prompt", "cli.ts"]).done;
        hf.assertExit(run, 1);
        for (const name of ["apply", "check", "verify", "lab"]) assert(run.stderr.includes(name));
      });
    }),
});
