import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Status } from "../../src/events.ts";
import { Budget, stopsAfter } from "../../src/runner/budget.ts";
import { anEndpoint } from "../helpers.ts";
import { task } from "../reporters/events.ts";

const ENDPOINTS = [
  { ...anEndpoint("a1", "a2"), name: "a" },
  { ...anEndpoint("b1", "b2"), name: "b" },
];

function budget(percent: number, ...without: readonly string[]): Budget {
  const all = ["a1", "a2", "b1", "b2"].filter((host) => !without.includes(host));
  return new Budget(ENDPOINTS, new Set(all), percent);
}

function check(endpoint: string, status: "ok" | "failed" | "skipped") {
  return { type: "check-end", at: 1, endpoint, check: "vip", status, message: "", ms: 0 } as const;
}

Deno.test("stopsAfter() is the first number of hosts that is more than the percentage", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 100 }), (n, p) => {
      const stop = stopsAfter(n, p);
      // In whole numbers, as a person would do it on paper.
      assert(stop * 100 > n * p);
      assert((stop - 1) * 100 <= n * p);
    }),
  );
});

Deno.test("Budget counts each host that fails or is lost once, and nothing else", () => {
  const it = budget(50);
  const states: readonly Status[] = ["ok", "changed", "skipped", "failed", "failed", "unreachable"];
  for (const status of states) it.add(task("a1", "x", status));
  assertEquals([it.lost, it.stopsAfter, it.spent], [["a1"], 3, false]);
  it.add(task("b2", "x", "unreachable"));
  assertEquals(it.spent, false);
  it.add(task("a2", "x", "failed"));
  assertEquals([it.lost, it.spent], [["a1", "b2", "a2"], true]);
});

Deno.test("Budget counts the hosts of an endpoint of which a condition does not hold", () => {
  const it = budget(25);
  it.add(check("a", "ok"));
  it.add(check("a", "skipped"));
  assertEquals(it.lost, []);
  it.add(check("b", "failed"));
  assertEquals([it.lost, it.spent], [["b1", "b2"], true]);
});

Deno.test("Budget is of the selected hosts alone", () => {
  const it = budget(0, "a2");
  it.count("a2");
  it.count("somebody");
  assertEquals([it.hosts, it.lost, it.spent], [3, [], false]);
  it.count("a1");
  assertEquals([it.lost, it.spent], [["a1"], true]);
});

Deno.test("Budget is never spent where every host may be lost", () => {
  const it = budget(100);
  for (const host of ["a1", "a2", "b1", "b2"]) it.count(host);
  assertEquals([it.stopsAfter, it.spent], [5, false]);
});
