import { assertEquals } from "@std/assert";
import { figuresOf } from "../../../src/drills/measure/figures.ts";
import { type Fared, reasonsOf, worstFirst } from "../../../src/drills/measure/worst.ts";
import { mark, requestsOf, timelineOf } from "./helpers.ts";

/** An address that was away from the fault on for so long. */
function fared(
  address: string,
  awayMs: number,
  verdict: Fared["verdict"] = "pass",
  ...reasons: readonly string[]
): Fared {
  const timeline = timelineOf(
    requestsOf((at) => at < 2000 || at >= 2000 + awayMs),
    [mark(2000, "fault"), mark(8000, "heal")],
  );
  return { address, verdict, reasons, figures: figuresOf(timeline), timeline };
}

const order = (...all: readonly Fared[]) =>
  worstFirst(all, "outageMs").map(({ address }) => address).join("");

Deno.test("worstFirst goes by verdict, then by the judged figure, then by the inventory", () => {
  assertEquals(order(fared("a", 300), fared("b", 900), fared("c", 0)), "bac");
  assertEquals(order(fared("a", 300), fared("b", 900), fared("c", 0, "fail")), "cba");
  assertEquals(order(fared("a", 900), fared("b", 300, "unknown"), fared("c", 0, "fail")), "cba");
  assertEquals(order(fared("a", 300), fared("b", 300)), "ab");
});

Deno.test("worstFirst takes a figure that could not be had for the best", () => {
  const { outageMs: _, ...rest } = fared("a", 0).figures;
  assertEquals(order({ ...fared("a", 0), figures: rest }, fared("b", 0)), "ba");
});

Deno.test("reasonsOf says once what is so of every address, and of whom the rest is", () => {
  const all = [
    fared("a", 0, "pass", "lb2 took it", "no outage"),
    fared("b", 0, "pass", "lb2 took it"),
  ];
  assertEquals(reasonsOf(all, 2), ["lb2 took it", "a: no outage"]);
  // Of a third one nothing was seen.
  assertEquals(reasonsOf(all, 3), ["a, b: lb2 took it", "a: no outage"]);
  assertEquals(reasonsOf(all.slice(0, 1), 1), ["lb2 took it", "no outage"]);
});

Deno.test("reasonsOf says nothing of those that passed where one did not", () => {
  const good = fared("a", 0, "pass", "no outage");
  assertEquals(reasonsOf([fared("b", 0, "fail", "too long"), good], 2), ["b: too long"]);
  assertEquals(
    reasonsOf([fared("b", 0, "fail", "too long"), good, fared("c", 0, "unknown", "nobody saw")], 3),
    ["b: too long", "c: nobody saw"],
  );
});
