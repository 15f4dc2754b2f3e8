import { assert, assertEquals, assertMatch } from "@std/assert";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import * as drills from "./drills.ts";
import { labAvailable } from "./helpers.ts";

const ignore = await labAvailable() !== undefined;

/** What takes a whole host away, and what must be seen of it. */
const DRILLS: Readonly<Record<string, (end: drills.End) => void>> = {
  "preferred-returns": (end) => {
    drills.assertMoved(end);
    assertEquals(end.judged, "returnMs");
    const kinds = end.timeline?.marks.map(({ kind }) => kind);
    assertEquals(kinds, ["prepare", "heal", "steady"], drills.told(end));
  },
  "link-down": (end) => {
    drills.assertMoved(end);
    assertMatch(end.reasons.join("; "), /lb1 healed by itself at its deadline/);
  },
  "power-off": (end) => {
    drills.assertMoved(end);
    assertDark(end);
  },
  "reboot": (end) => {
    drills.assertMoved(end);
    assertDark(end);
    assertMatch(end.reasons.join("; "), /lb1 healed by itself when it started/);
  },
};

/** The host could not be seen for a while, and nobody says that it held the address then. */
function assertDark(end: drills.End): void {
  const { dark = [], holders = [] } = end.timeline ?? {};
  assert(dark.length > 0, drills.told(end));
  assertEquals([...new Set(dark.map(({ host }) => host))], [drills.PREFERRED], drills.told(end));
  for (const { from, to } of dark) {
    const held = holders.filter((span) => span.host === drills.PREFERRED);
    assert(held.every((span) => span.to <= from || span.from >= to), drills.told(end));
  }
}

Deno.test({
  name: "each drill of a whole host shows who takes over, and the host comes back whole",
  ignore,
  fn: (t) =>
    drills.withDrilled("dhost", async (drilled) => {
      const ends = await drills.drilled(drilled, Object.keys(DRILLS));
      for (const [name, assertShown] of Object.entries(DRILLS)) {
        await t.step(name, () => drills.assertDrill(ends.get(name), assertShown));
      }
      await t.step("every host is as it was", () => drills.assertAsBefore(drilled));
    }),
});

Deno.test("every drill of the catalogue is run by one of the tests on real hosts", async () => {
  const files = ["catalogue", "servers", "hosts"].map((it) => `./drills_${it}_test.ts`);
  const texts = await Promise.all(
    files.map((file) => Deno.readTextFile(new URL(file, import.meta.url))),
  );
  const missing = CATALOGUE.filter(({ name }) => !texts.some((it) => it.includes(`  "${name}": `)));
  assertEquals(missing.map(({ name }) => name), []);
});
