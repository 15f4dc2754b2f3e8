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
const [SMALL, LARGE] = [80, 320];

/**
 * What is asked, and how many blocks of code may run for one more endpoint, which is two load
 * balancers and an API server: a sixth more than was counted when this was written.
 */
const LINES: readonly (readonly [line: string, most: number])[] = [
  ["check FILE --list-hosts", 19_000],
  ["check FILE --list-tasks --json", 19_000],
  ["lint FILE", 80_000],
  ["simulate FILE --json", 17_500],
  ["inventory FILE --list", 15_500],
];

for (const [asked, most] of LINES) {
  const line = asked.split(" ");
  Deno.test(`${asked} does four times the work for four times the endpoints`, async () => {
    const [small, large] = await Promise.all(
      [SMALL, LARGE].map((size) =>
        withTempDir(async (dir) => {
          await Deno.writeTextFile(`${dir}/hosts.yaml`, fleetOf(size));
          const words = line.map((word) => word === "FILE" ? `${dir}/hosts.yaml` : word);
          return await counts(CLI, words);
        })
      ),
    );
    assert(small !== undefined && large !== undefined);
    assertEquals(grewBeyond(MOST, small, large), []);
    assert(total(large) < 4.2 * total(small), `${total(small)} -> ${total(large)}`);
    assert(total(large) > 2 * total(small), "the inventory is what was worked on");
    const each = (total(large) - total(small)) / (LARGE - SMALL);
    assert(each < most, `${each} blocks of code ran for one more endpoint`);
  });
}

Deno.test("what is done for every pair is found", async () => {
  const script = new URL("pairs.ts", import.meta.url);
  const [small, large] = [await counts(script, ["100"]), await counts(script, ["400"])];
  const found = grewBeyond(MOST, small, large);
  assert(found.some((line) => line.includes("same")), found.join("\n"));
  assert(found.every((line) => line.startsWith("scale/pairs.ts")), found.join("\n"));
});
