/**
 * What a large inventory costs: four times as many endpoints are four times the work, and nothing
 * is done once for every pair of them. Work is counted, not timed.
 */
import { assert, assertEquals } from "@std/assert";
import { fleetOf } from "../../bench/fleet.ts";
import { withTempDir } from "../helpers.ts";
import { counts, grewBeyond, total } from "./counts.ts";

const CLI = new URL("../../cli.ts", import.meta.url);

/** Sorting and searching take a little more than their share; pairs take sixteen times as much. */
const MOST = 6;

/** Endpoints. Both have more passwords than are looked for one by one (`masker` in src/secret.ts). */
const SIZES = [80, 320];

const LINES: readonly (readonly string[])[] = [
  ["check", "FILE", "--list-hosts"],
  ["check", "FILE", "--list-tasks", "--json"],
  ["lint", "FILE"],
  ["simulate", "FILE", "--json"],
  ["inventory", "FILE", "--list"],
];

for (const line of LINES) {
  Deno.test(`${line.join(" ")} does four times the work for four times the endpoints`, async () => {
    const [small, large] = await Promise.all(SIZES.map((size) =>
      withTempDir(async (dir) => {
        await Deno.writeTextFile(`${dir}/hosts.yaml`, fleetOf(size));
        const words = line.map((word) => word === "FILE" ? `${dir}/hosts.yaml` : word);
        return await counts(CLI, words);
      })
    ));
    assert(small !== undefined && large !== undefined);
    assertEquals(grewBeyond(MOST, small, large), []);
    assert(total(large) < 4.2 * total(small), `${total(small)} -> ${total(large)}`);
    assert(total(large) > 2 * total(small), "the inventory is what was worked on");
  });
}

Deno.test("what is done for every pair is found", async () => {
  const script = new URL("pairs.ts", import.meta.url);
  const [small, large] = [await counts(script, ["100"]), await counts(script, ["400"])];
  const found = grewBeyond(MOST, small, large);
  assert(found.some((line) => line.includes("same")), found.join("\n"));
  assert(found.every((line) => line.startsWith("scale/pairs.ts")), found.join("\n"));
});
