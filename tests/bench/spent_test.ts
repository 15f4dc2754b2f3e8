import { assert, assertEquals, assertRejects } from "@std/assert";
import { childrenSeconds, spent } from "../../bench/spent.ts";

Deno.test("spent() tells the time and the memory of a program", async () => {
  const busy = "const all = []; const until = performance.now() + 300;" +
    "while (performance.now() < until) all[all.length % 1e6] = Math.random();" +
    "globalThis.kept = new Uint8Array(80e6).fill(1);" +
    "await new Promise((resolve) => setTimeout(resolve, 150));";
  const { seconds, cpuSeconds, peakMb } = await spent(Deno.execPath(), ["eval", busy]);
  assert(seconds >= 0.4, `${seconds} s`);
  assert(cpuSeconds >= 0.1 && cpuSeconds < seconds * 4, `${cpuSeconds} s of processor time`);
  assert(peakMb > 80 && peakMb < 1000, `${peakMb} MB`);
});

Deno.test("spent() throws when the program fails", async () => {
  await assertRejects(() => spent("sh", ["-c", "exit 3"]), Error, "ended with 3");
});

Deno.test("childrenSeconds() reads the second line of times", () => {
  assertEquals(childrenSeconds("12\n0m0.01s 0m0.02s\n2m0.50s 0m1.25s\n"), 121.75);
  assertEquals(childrenSeconds("12\n"), 0);
});
