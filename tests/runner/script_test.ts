import { assertEquals } from "@std/assert";
import type { Change, ExecResult } from "../../src/model.ts";
import { changeScript, handlerScript, PENDING_PROBE, recordDue } from "../../src/runner/script.ts";
import { LocalSession, withTempDir } from "../helpers.ts";

type Run = (script: string) => Promise<ExecResult>;

/** Runs shell text with its state in a folder of its own. */
async function onHost(work: (run: Run, dir: string) => Promise<void>): Promise<void> {
  await withTempDir((dir) => {
    const session = new LocalSession(dir);
    return work((script) => session.run(script), dir);
  });
}

async function pending(run: Run): Promise<readonly string[]> {
  const { stdout } = await run(PENDING_PROBE);
  return stdout.split("\n").filter((line) => line !== "");
}

function runs(script: string): Change {
  return { kind: "run", summary: "", script };
}

Deno.test("PENDING_PROBE says nothing on a host that Holdfast has never changed", () =>
  onHost(async (run) => {
    assertEquals(await run(PENDING_PROBE), { code: 0, stdout: "", stderr: "" });
  }));

Deno.test("recordDue() records handlers, spaces and all, for root's eyes only", () =>
  onHost(async (run, dir) => {
    await run(recordDue(["reload haproxy", "restart it's $(x)"]));
    await run(recordDue(["reload haproxy"]));
    assertEquals(await pending(run), ["reload haproxy", "restart it's $(x)"]);
    const { mode } = await Deno.stat(`${dir}/state/pending`);
    assertEquals((mode ?? 0) & 0o777, 0o700);
  }));

Deno.test("recordDue() of nothing leaves no trace", () =>
  onHost(async (run, dir) => {
    assertEquals((await run(recordDue([]))).code, 0);
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  }));

Deno.test("changeScript() has recorded the handler when the change begins", () =>
  onHost(async (run, dir) => {
    const change = runs(`ls '${dir}/state/pending'`);
    assertEquals(await run(changeScript(change, ["reload haproxy"])), {
      code: 0,
      stdout: "reload haproxy\n",
      stderr: "",
    });
  }));

Deno.test("changeScript() keeps the record of a change that fails", () =>
  onHost(async (run) => {
    assertEquals((await run(changeScript(runs("exit 7"), ["a", "b"]))).code, 7);
    assertEquals(await pending(run), ["a", "b"]);
  }));

Deno.test("changeScript() makes no change that it could not record", () =>
  onHost(async (run, dir) => {
    await Deno.writeTextFile(`${dir}/state`, "not a folder");
    const { code, stderr } = await run(changeScript(runs(`: > '${dir}/changed'`), ["a"]));
    assertEquals([code, stderr.includes("cannot record the handlers")], [1, true]);
    assertEquals((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["state"]);
  }));

Deno.test("changeScript() removes a file of any name, its record made first", () =>
  onHost(async (run, dir) => {
    const path = `${dir}/-rf it's $(x)`;
    await Deno.writeTextFile(path, "");
    const change: Change = { kind: "remove", summary: "", path };
    assertEquals((await run(changeScript(change, ["a"]))).code, 0);
    assertEquals((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["state"]);
    assertEquals(await pending(run), ["a"]);
    assertEquals((await run(changeScript(change, ["a"]))).code, 0);
  }));

Deno.test("changeScript() strikes off what a change settles, once it has worked", () =>
  onHost(async (run) => {
    await run(recordDue(["reload it", "other"]));
    const starting = (script: string): Change => (
      { kind: "run", summary: "", script, settles: ["reload it"] }
    );
    assertEquals((await run(changeScript(starting("exit 3"), []))).code, 3);
    assertEquals(await pending(run), ["other", "reload it"]);
    assertEquals((await run(changeScript(starting("exit 0"), []))).code, 0);
    assertEquals(await pending(run), ["other"]);
  }));

Deno.test("handlerScript() strikes off the handler that worked, and those that it replaces", () =>
  onHost(async (run) => {
    await run(recordDue(["reload it", "restart it", "other"]));
    const handler = { name: "restart it", script: "echo done; exit 0" };
    assertEquals((await run(handlerScript(handler, ["reload it"]))).stdout, "done\n");
    assertEquals(await pending(run), ["other"]);
  }));

Deno.test("handlerScript() leaves everything due when the handler fails, however it does", () =>
  onHost(async (run) => {
    await run(recordDue(["reload it", "restart it"]));
    for (const script of ["exit 9", "false", "if", "kill -9 \"$(sh -c 'echo $PPID')\""]) {
      const { code } = await run(handlerScript({ name: "restart it", script }, ["reload it"]));
      assertEquals(code === 0, false, script);
      assertEquals(await pending(run), ["reload it", "restart it"], script);
    }
  }));
