import { assert, assertEquals } from "@std/assert";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { runLabPoint } from "./matrix.ts";
import { editionOf } from "./matrix_edition.ts";
import { longestTwo } from "./matrix_holders.ts";
import { LAB_POINTS, labPointName } from "./matrix_points.ts";

const ignore = await labAvailable() !== undefined;

Deno.test("two holders are counted by samples in a row", () => {
  assertEquals([longestTwo(""), longestTwo("1\n1\n0\n"), longestTwo("1\n2\n2\n1\n2\n")], [0, 0, 2]);
});

Deno.test({
  name: "matrix: real hosts are old or new after what befalls a deploy, and the next one converges",
  ignore,
  fn: (t) =>
    withLab("matrix", async (lab) => {
      assert(LAB_POINTS.length >= 25);
      hf.assertExit(await hf.holdfast("apply", await editionOf(lab, 1)), 0);
      for (const [i, point] of LAB_POINTS.entries()) {
        const edition = i + 2;
        await t.step(labPointName(point), async () => {
          const { wrong } = await runLabPoint(lab, point, await editionOf(lab, edition), edition);
          assertEquals(wrong, [], wrong.join("\n"));
        });
      }
    }),
});
