/** A load balancer that joins those that run already never holds the address beside them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { labAvailable, withLab } from "./helpers.ts";
import { whileWatching } from "./holding.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

Deno.test({
  name: "a load balancer joins, and the address has one holder all the time",
  ignore,
  fn: (t) =>
    withLab("joining", async (lab) => {
      const { inventoryFile: both, vip } = lab;
      const without = (host: string) => (text: string) =>
        text.replace(new RegExp(`^ +${host}: .*\\n`, "m"), "");
      const alone = await hf.editInventory(lab, "alone", without("lb2"));
      const fast = await hf.editInventory(lab, "fast", hf.withEndpoint("profile: fast"));

      /** Applies, and sees to it that no two hosts held the address for a single look. */
      const goes = async (inventory: string, order: readonly string[]) => {
        let run!: hf.Run;
        const watched = await whileWatching(lab, [vip], async () => {
          run = await hf.holdfast("apply", inventory);
        });
        hf.assertExit(run, 0);
        const { longestBothMs = Infinity, looks = {} } = watched.get(vip) ?? {};
        assert(looks["lb1"]! > 20 && looks["lb2"]! > 20, JSON.stringify(looks));
        assertEquals(longestBothMs, 0);
        const written = run.events.flatMap((it) =>
          it.type === "task-end" && it.status === "changed" &&
            it.task === "files haproxy and keepalived"
            ? [it.host]
            : []
        );
        assertEquals(written, order);
        assertEquals((await hf.holders(lab)).length, 1);
        await hf.assertConverged(inventory);
      };

      hf.assertExit(await hf.holdfast("apply", alone), 0);
      assertEquals(await hf.holders(lab), ["lb1"]);

      await t.step("not while the other one would not know of it", async () => {
        const run = await hf.holdfast("apply", both, { flags: ["--limit", "lb2"] });
        hf.assertExit(run, 1);
        assertMatch(
          hf.saidOf(run, "coupled-change").join(),
          /^Cannot take "lb2" in without "lb1", left out by --limit: .*transport multicast -> unicast/,
        );
        assertEquals(hf.tasksOf(run, "changed"), []);
      });

      await t.step("the other one knows of it first", () => goes(both, ["lb1", "lb2"]));

      await t.step("one that was down while the others change comes behind them", async () => {
        await hf.root(lab, "lb2", "systemctl stop keepalived");
        await goes(fast, ["lb1", "lb2"]);
      });
    }),
});
