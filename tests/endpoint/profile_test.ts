import { assert, assertEquals } from "@std/assert";
import { settings } from "../../src/endpoint/profile.ts";
import { endpoint } from "./fixtures.ts";

const OWN = ["standard", "fast"] as const;

Deno.test("settings(): the longest run of the script ends before Keepalived ends it", () => {
  for (const profile of OWN) {
    const { alive, pulse } = settings(endpoint({ profile }));
    const longest = pulse.asks * (pulse.everyMs + pulse.limitMs) + pulse.limitMs;
    assert(longest < alive.timeout * 1000, `${profile}: ${longest} ms`);
  }
});

Deno.test("settings(): a usual run ends a fifth of a second before the next one begins", () => {
  const left = OWN.map((profile) => {
    const { alive, pulse } = settings(endpoint({ profile }));
    return alive.interval * 1000 - pulse.asks * pulse.everyMs;
  });
  assertEquals(left, [250, 200]);
});

Deno.test("settings(): one failed run counts, because it is two failures in a row", () => {
  assertEquals(OWN.map((profile) => settings(endpoint({ profile })).alive.fall), [1, 1]);
});
