import { assert, assertEquals, assertThrows } from "@std/assert";
import { CLOCK_SCRIPT, parseClock } from "../../../src/drills/remote/clock.ts";
import { runSh } from "../../helpers.ts";

Deno.test("parseClock() reads what CLOCK_SCRIPT prints, to less than a millisecond", async () => {
  const before = Date.now();
  const { stdout } = await runSh(CLOCK_SCRIPT);
  const { hostMs, uptimeMs } = parseClock(stdout);
  assert(hostMs >= before && hostMs <= Date.now() + 1, `${hostMs} is not between`);
  assert(uptimeMs > 0);
  const { hostMs: exact } = parseClock("clock 1795385240544422891 24466.10\n");
  assert(Math.abs(exact - 1795385240544.4229) < 0.001);
  assertEquals(parseClock("clock 1795385240544422891 24466.10\n").uptimeMs, 24466100);
});

Deno.test("parseClock() refuses what is no time with nanoseconds", () => {
  for (const answer of ["", "clock 1795385240%N 12.00", "clock 1795385240 12.00"]) {
    assertThrows(() => parseClock(answer), TypeError, "Cannot read the clock of the host");
  }
});
