import { assertEquals, assertStringIncludes } from "@std/assert";
import { wishOf } from "../../bench/drill_wish.ts";

const refused = (...words: readonly string[]) => {
  const wish = wishOf(words);
  return typeof wish === "string" ? wish.split("\n")[0] : "";
};

Deno.test("wishOf() has defaults, and takes each option", () => {
  assertEquals(wishOf([]), { rounds: { standard: 5, fast: 5, guide: 1 }, runs: "" });
  assertEquals(wishOf(["--rounds", "2", "--runs", "kept", "--guide-rounds", "0"]), {
    rounds: { standard: 2, fast: 2, guide: 0 },
    runs: "kept",
  });
});

Deno.test("wishOf() says what is wrong, and what there is", () => {
  assertStringIncludes(refused("--round", "2") ?? "", "no option --round");
  assertStringIncludes(refused("--runs") ?? "", "--runs needs a value");
  assertStringIncludes(refused("--rounds", "many") ?? "", 'not "many"');
  assertStringIncludes(String(wishOf(["--x"])), "Usage: deno task drills:report");
});
