import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { openController } from "../../bench/controller.ts";
import { openGroup } from "../../bench/group.ts";
import { measure } from "../../bench/measure.ts";
import { baseImage } from "../../src/lab/image.ts";
import { withTempDir } from "../helpers.ts";
import { labAvailable, labName } from "./helpers.ts";

const ignore = await labAvailable() !== undefined;
const mounts = () => Deno.readTextFile("/proc/mounts");

Deno.test({
  name: "the benchmark's controller measures what is run in it, and leaves nothing on this machine",
  ignore,
  fn: (t) =>
    withTempDir(async (base) => {
      const folder = join(base, "work");
      await Deno.mkdir(folder);
      const image = await baseImage("bookworm", () => {});
      const before = await mounts();
      const group = await openGroup(labName("hf-bench-test"));
      const controller = await openController({
        image,
        folder: join(base, "controller"),
        shared: [folder],
      });
      const setting = { controller, group, env: { GREETING: "hello" }, folder, memory: false };
      const text = (script: string) => ({ argv: ["sh", "-c", script], env: {} });

      await t.step("it has an environment and a root of its own", async () => {
        const taken = await measure(
          text("echo $GREETING; ls /root; touch /etc/new; exit 3"),
          setting,
        );
        assertEquals([taken.code, taken.stdout, taken.stderr], [3, "hello\n", ""]);
        const there = await Deno.stat(join(image, "etc/new")).then(() => true, () => false);
        assertEquals(there, false);
        assertEquals(await mounts(), before);
      });

      await t.step(
        "CPU time of children and of what leaves for the background counts",
        async () => {
          const busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
          const { cpuS: one } = await measure(text(busy), setting);
          const many = `(${busy}) & setsid sh -c '${busy}; sleep 60' >/dev/null & wait %1; sleep 1`;
          const { cpuS: three } = await measure(text(many), setting);
          assert(one > 0.005 && three > 1.3 * one, `${one} and ${three}`);
        },
      );

      await t.step("the clock stops with the command, and what it leaves is ended", async () => {
        const taken = await measure(text("setsid sleep 60 & sleep 0.2"), setting);
        assert(taken.wallMs >= 200 && taken.wallMs < 1500, `${taken.wallMs} ms`);
        assertEquals(await group.pids(), []);
      });

      await t.step("memory is of all processes at once", async () => {
        const taken = await measure(text("sleep 0.5 & sleep 0.5 & wait"), {
          ...setting,
          memory: true,
        });
        assertEquals(taken.peak?.processes, 3);
        assert((taken.peak?.mb ?? 0) > 0.1);
      });

      await controller.close();
      await group.remove();
      assertEquals(await mounts(), before);
      await assertRejects(() => Deno.stat(join(base, "controller")), Deno.errors.NotFound);
      assertMatch(group.enter, /cgroup\.procs$/);
      await assertRejects(() => Deno.stat(group.enter), Deno.errors.NotFound);
    }),
});
