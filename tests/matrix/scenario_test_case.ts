/** The test of one scenario; each has a file of its own, so that they run side by side. */
import { assertEquals } from "@std/assert";
import { numbersIn } from "../../bench/reliability_page.ts";
import { cellsOf, failuresText, roomsUnfit, runCells, withRecord } from "./matrix.ts";
import type { Place } from "./fault.ts";

const PAGE = new URL("../../docs/reliability.md", import.meta.url);

const placeText = ({ host, session, step }: Place) => `${host} ${session}.${step}`;

/** Registers it. `HOLDFAST_MATRIX=all` runs every point. */
export async function scenarioTest(name: string): Promise<void> {
  const ignore = await roomsUnfit() !== undefined;
  Deno.test({
    name:
      `matrix ${name}: a deploy that anything befalls is old or new, and the next one converges`,
    ignore,
    fn: (t) =>
      withRecord(name, async (recorded) => {
        const [all, tested] = [cellsOf(recorded, true), cellsOf(recorded, false)];
        const cells = Deno.env.get("HOLDFAST_MATRIX") === "all" ? all : tested;
        await t.step("every step meets a fault, and the page has the counts", async () => {
          const met = new Set(cells.map(({ injection: { at } }) => placeText(at)));
          assertEquals(met, new Set(recorded.trace.map(placeText)));
          const numbers = numbersIn(await Deno.readTextFile(PAGE), name);
          const hint = "type: deno task reliability:report --points";
          assertEquals(numbers, [recorded.trace.length, all.length, tested.length], hint);
        });
        await t.step(`${cells.length} points`, async () => {
          const outcomes = await runCells(cells, recorded);
          const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length;
          assertEquals(failed, 0, `${failed} of ${cells.length}:\n${failuresText(outcomes)}`);
        });
      }),
  });
}
