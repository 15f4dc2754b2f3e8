/** A prober in a process of its own, with no more permissions than it says it needs. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import type { ProbeRecord, ProbeTarget } from "../../src/drills/model.ts";
import { answering, makePki, tls } from "./servers.ts";

const PKI = await makePki();
const ROOT = new URL("../../", import.meta.url).pathname;

/** A child whose prober is at work. */
function child(port: number, permissions = [`--allow-net=127.0.0.1:${port}`]) {
  const target: ProbeTarget = {
    ...{ address: "127.0.0.1", port, path: "/", ca: PKI.ca, intervalMs: 20, timeoutMs: 1000 },
  };
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read=src",
      ...permissions,
      "tests/prober/child.ts",
      JSON.stringify(target),
    ],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    process,
    /** The next line of output; nothing when there is none. */
    async line(): Promise<string | undefined> {
      while (!text.includes("\n")) {
        const { value, done } = await lines.read();
        if (done) return undefined;
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
    async say(word: string): Promise<void> {
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode(`${word}\n`));
      writer.releaseLock();
    },
    async end(): Promise<string> {
      await process.stdin.close().catch(() => {});
      await lines.cancel();
      const errors = await new Response(process.stderr).text();
      await process.status;
      return errors;
    },
  };
}

Deno.test("a prober that stood still says when, and blames nobody for it", async () => {
  await using server = await tls(PKI, answering(() => 200));
  const held = await child(server.port);
  try {
    assertEquals(await held.line(), "ready");
    while (server.seen() < 10) await delay(20);
    held.process.kill("SIGSTOP");
    // Longer than a request may take: those under way must not be called timeouts.
    await delay(1500);
    held.process.kill("SIGCONT");
    const seen = server.seen();
    while (server.seen() < seen + 10) await delay(20);
    await held.say("stop");
    const { requests, stalls } = JSON.parse(await held.line() ?? "") as ProbeRecord;

    const [longest] = [...stalls].sort((a, b) => (b.to - b.from) - (a.to - a.from));
    assert(longest !== undefined && longest.to - longest.from >= 1400, JSON.stringify(stalls));
    const inIt = requests.filter(({ at }) => at > longest.from && at < longest.to);
    assertEquals(inIt, []);
    assertEquals(requests.filter(({ kind }) => kind !== "ok"), []);
  } finally {
    await held.end();
  }
});

Deno.test("a prober ends with its process, whatever ends that", async () => {
  await using server = await tls(PKI, answering(() => 200));
  const thrown = await child(server.port);
  assertEquals(await thrown.line(), "ready");
  await thrown.say("throw");
  assertEquals((await thrown.process.status).code, 1);
  assertMatch(await thrown.end(), /thrown while the prober is at work/);
});

Deno.test("a prober that may not connect says what it needs", async () => {
  const barred = await child(9, ["--allow-net=127.0.0.1:10"]);
  assertEquals(await barred.line(), undefined);
  assertMatch(await barred.end(), /Cannot ask 127\.0\.0\.1:9: .*--allow-net=127\.0\.0\.1:9/);
});
