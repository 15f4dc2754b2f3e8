/** The test of one scenario; each has a file of its own, so that they run side by side. */
import { assert, assertEquals } from "@std/assert";
import { cellsOf, failuresText, roomsUnfit, runCells, withRecord } from "./matrix.ts";

/** Registers it. */
export async function scenarioTest(name: string): Promise<void> {
  const ignore = await roomsUnfit() !== undefined;
  Deno.test({
    name:
      `matrix ${name}: a deploy that anything befalls is old or new, and the next one converges`,
    ignore,
    fn: () =>
      withRecord(name, async (recorded) => {
        const cells = cellsOf(recorded, Deno.env.get("HOLDFAST_MATRIX") === "all");
        const steps = new Set(
          recorded.trace.map(({ host, session, step }) => `${host} ${session}.${step}`),
        );
        const met = new Set(
          cells.map(({ injection: { at } }) => `${at.host} ${at.session}.${at.step}`),
        );
        assertEquals(met, steps, "a step without a fault");
        assert(cells.length >= steps.size);
        const outcomes = await runCells(cells, recorded);
        const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length;
        assertEquals(failed, 0, `${failed} of ${cells.length} cells:\n${failuresText(outcomes)}`);
      }),
  });
}
