import { assertEquals } from "@std/assert";
import { fleetLine } from "../../src/reporters/fleet.ts";

/** The line about batches of these sizes. */
function line(sizes: readonly number[], stopsAfter?: number): string | undefined {
  return fleetLine({
    hosts: ["h"],
    batches: sizes.map((length) => Array.from({ length }, (_, i) => `e${i}`)),
    ...(stopsAfter === undefined ? {} : { stopsAfter }),
  });
}

/** What stands between the counts and the semicolon. */
const batchesOf = (sizes: readonly number[]) => /host, (.*);/.exec(line(sizes) ?? "")?.[1];

Deno.test("fleetLine() says nothing where the start of a run does not", () => {
  assertEquals(fleetLine({ hosts: ["h"] }), undefined);
});

Deno.test("fleetLine() lists few batches, and counts many", () => {
  assertEquals(
    line([1]),
    "1 endpoint, 1 host, in one batch; " +
      "goes on with the others, however many hosts fail",
  );
  assertEquals(batchesOf([1, 2, 2]), "in batches of 1, 2, 2");
  assertEquals(batchesOf([2, 2, 2]), "in 3 batches of 2");
  assertEquals(batchesOf([1, ...Array(9).fill(12), 5]), "in 11 batches of 1 to 12");
});

Deno.test("fleetLine() names the host after which the run stops as people count", () => {
  const names = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map((n) =>
    /the (\w+) host/.exec(line([1], n) ?? "")?.[1]
  );
  const wanted = "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th";
  assertEquals(names.join(" "), wanted);
});
