/**
 * A mount that never answers, as a network file system whose server is gone: whatever touches it
 * hangs. A run on that host must not touch it.
 */
import { assertEquals, assertMatch } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { firstBelow } from "./processes.ts";

const ignore = await labAvailable() !== undefined;
const PLACES = ["/mnt/dead", "/var/lib/dead", "/home/deploy/dead"];

/** Mounts file systems whose server never reads a request, and keeps that server until disposed. */
async function mountDead(lab: Lab, name: string): Promise<AsyncDisposable> {
  await hf.root(lab, name, `mkdir -p ${PLACES.join(" ")}`);
  // The device comes from this machine: a host has none.
  const first = firstBelow(lab.hosts.find((host) => host.name === name)?.pid ?? 0);
  const options = "rootmode=40000,user_id=0,group_id=0,allow_other";
  const mounts = PLACES.map((place, i) =>
    `exec ${i + 3}<>/dev/fuse || exit
nsenter -t ${first} -m -- mount -i -t fuse -o fd=${i + 3},${options} dead ${place} || exit`
  );
  const server = new Deno.Command("sh", {
    args: ["-c", [...mounts, "echo mounted; exec sleep 3600"].join("\n")],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = server.stdout.getReader();
  const { value = new Uint8Array() } = await reader.read();
  assertMatch(new TextDecoder().decode(value), /mounted/);
  return {
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await server.status;
      await reader.cancel();
    },
  };
}

/** Asserts that a touch of the mounts hangs, so that the test means something. */
async function assertDead(lab: Lab, name: string): Promise<void> {
  const touches = [...PLACES.map((place) => `stat ${place}`), "df", "find /mnt"];
  for (const touch of touches) {
    const script = `( timeout -s KILL 1 ${touch} >/dev/null 2>&1 ) || echo "$?"`;
    assertEquals(await hf.root(lab, name, script), "137\n", `${touch} did not hang`);
  }
}

Deno.test({
  name: "a dead mount on a host holds nothing up",
  ignore,
  fn: (t) =>
    withLab("dead", async (lab) => {
      const { inventoryFile } = lab;
      {
        await using _dead = await mountDead(lab, "lb1");
        await assertDead(lab, "lb1");
        // A look that touched it would be ended by its deadline, and the host given up.
        await t.step("check on a bare host", async () =>
          hf.assertExit(await hf.holdfast("check", inventoryFile), 2));
        await t.step("a first apply, packages included", async () =>
          hf.assertExit(await hf.holdfast("apply", inventoryFile), 0));
        await t.step("a converged apply, check and verify", async () => {
          await hf.assertConverged(inventoryFile);
          hf.assertExit(await hf.holdfast("check", inventoryFile), 0);
        });
        await t.step(
          "a change: staged, validated in a mount namespace, moved, reloaded",
          async () => {
            const edit = hf.withEndpoint("haproxy: { client_timeout: 17m }");
            const inventory = await hf.editInventory(lab, "changed", edit);
            const run = await hf.holdfast("apply", inventory);
            hf.assertExit(run, 0);
            assertEquals(hf.tasksOf(run, "changed").includes("lb1 handler reload haproxy"), true);
            await hf.assertConverged(inventory);
          },
        );
        await assertDead(lab, "lb1");
      }
    }),
});
