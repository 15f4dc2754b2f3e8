/** What a step has beside it on the host: a watcher and a deadline. Neither outlives it, nor hangs. */
import { assert, assertEquals } from "@std/assert";
import { alive, open, SHELLS, textOf, until } from "./shells.ts";

/** Processes of this machine whose words are exactly these. */
function running(...words: readonly string[]): number[] {
  const line = `${words.join("\0")}\0`;
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
    .filter((pid) => pid > 0 && textOf(`/proc/${pid}/cmdline`) === line && alive(pid));
}

/** A deadline, in seconds, that nobody else on this machine sleeps for. */
let deadlineS = 1_000_000 + Deno.pid * 10;

for (const [name, shell] of Object.entries(SHELLS)) {
  const test = (what: string, run: () => Promise<void>) => Deno.test(`${name}: ${what}`, run);

  // A step that ends at once ends its deadline while that is still being forked, when a signal can
  // get lost. Seen once in 40 steps of busybox and in 1000 of dash, before the remedy.
  test("no deadline outlives a step that ends at once", async () => {
    const timeoutMs = ++deadlineS * 1000;
    await Promise.all([...Array(3)].map(async () => {
      await using session = await open(shell);
      for (let i = 0; i < 400; i++) {
        assertEquals(await session.run(":", { timeoutMs }), { code: 0, stdout: "", stderr: "" });
      }
    }));
    const left = running("sleep", String(timeoutMs / 1000));
    left.forEach((pid) => Deno.kill(pid, "SIGKILL"));
    assertEquals(left.length, 0);
  });

  test("no deadline outlives a session that is cut off while a step begins", async () => {
    const timeoutMs = ++deadlineS * 1000;
    await Promise.all([...Array(30).keys()].map(async (i) => {
      const session = await open(shell);
      await session.run(":", { timeoutMs });
      const step = session.run("sleep 90", { timeoutMs }).catch(() => {});
      // Another moment each time: from before the step to well into it.
      await new Promise((resolve) => setTimeout(resolve, i / 2));
      await session[Symbol.asyncDispose]();
      await step;
    }));
    const left = () => running("sleep", String(timeoutMs / 1000));
    const gone = await until(() => left().length === 0);
    left().forEach((pid) => Deno.kill(pid, "SIGKILL"));
    assert(gone, "all of them have ended");
  });

  test("cancel() at any moment gets an answer, and the next step runs", async () => {
    await using session = await open(shell);
    for (let i = 0; i < 40; i++) {
      const step = session.run("exec sleep 90", { timeoutMs: 30_000 });
      await new Promise((resolve) => setTimeout(resolve, i / 5));
      session.cancel();
      const { code, timedOut } = await step;
      assertEquals({ code, timedOut }, { code: 143, timedOut: undefined }, `after ${i / 5} ms`);
    }
    assertEquals((await session.run("echo next")).stdout, "next\n");
  });
}
