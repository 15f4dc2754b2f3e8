import { assert, assertEquals, assertMatch } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { LOCK_DIR } from "../../src/runner/lock.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, onHost, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const GO = "/run/hf-test-go";

/** A play whose step on lb1 waits on the host until it may go on, or not. */
async function slowPlay(lab: Lab, finish: boolean): Promise<string> {
  const path = `${lab.stateDir}/slow-${finish}.ts`;
  const mod = new URL("../../mod.ts", import.meta.url).href;
  await Deno.writeTextFile(
    path,
    `import { definePlay, defineTask } from ${JSON.stringify(mod)};
const slow = defineTask({
  kind: "slow",
  title: () => "wait",
  probe: () => "[ ! -e ${GO} ] || echo done",
  parse: ({ stdout }) => stdout.trim() === "done",
  plan: (done) => ({
    changes: done ? [] : [{
      kind: "run",
      summary: "wait",
      finish: ${finish},
      timeoutMs: 300000,
      script: "touch ${GO}-begun; while [ ! -e ${GO} ]; do sleep 0.2; done; touch ${GO}-done",
    }],
  }),
});
export default definePlay({
  name: "slow",
  packages: [],
  tasks: (_, { host }) => host.name === "lb1" ? [slow({})] : [],
  handlers: () => [],
  checks: () => [],
});
`,
  );
  return path;
}

const exists = async (lab: Lab, path: string) =>
  (await onHost(lab, "lb1", `ls ${path}`)).code === 0;
const clean = (lab: Lab) => hf.root(lab, "lb1", `rm -f ${GO} ${GO}-begun ${GO}-done`);

/** Starts an apply and waits until its step is under way. */
async function underWay(lab: Lab, play: string): Promise<hf.Started> {
  await clean(lab);
  const started = hf.start("apply", lab.inventoryFile, { flags: ["--play", play] });
  await hf.eventually("the step is under way", () => exists(lab, `${GO}-begun`));
  return started;
}

function held(run: hf.Run): { message: string; hint: string }[] {
  return run.events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.code === "lock-held"
      ? [{ message: event.diagnostic.message, hint: event.diagnostic.hint ?? "" }]
      : []
  );
}

Deno.test({
  name: "one run at a time works on a host",
  ignore,
  fn: (t) =>
    withLab("locked", async (lab) => {
      const slow = await slowPlay(lab, false);
      const finishing = await slowPlay(lab, true);
      const apply = (...flags: string[]) =>
        hf.holdfast("apply", lab.inventoryFile, { flags: ["--play", slow, ...flags] });

      await t.step(
        "a second apply changes nothing, says who works there and ends with 5",
        async () => {
          const { done } = await underWay(lab, slow);
          const second = await apply();
          hf.assertExit(second, 5);
          assertEquals(held(second).length, 2);
          const [{ message = "", hint = "" } = {}] = held(second);
          assertMatch(
            message,
            /^Cannot work on "lb1": \S+ works on it since \d{4}-.* UTC: apply, /,
          );
          assertMatch(hint, /^--lock-timeout 60s waits for it; .*: kill \d+ on lb1$/);
          assertEquals(hf.tasksOf(second, "skipped"), ["lb1 wait"]);
          // Looking takes no lock, and minds none.
          hf.assertExit(
            await hf.holdfast("check", lab.inventoryFile, { flags: ["--play", slow] }),
            2,
          );
          // A host outside of --limit counts too.
          hf.assertExit(await apply("--limit", "lb2"), 5);
          await hf.root(lab, "lb1", `touch ${GO}`);
          hf.assertExit(await done, 0);
          hf.assertExit(await apply(), 0);
        },
      );

      await t.step("--lock-timeout waits, and looks again", async () => {
        const { done } = await underWay(lab, slow);
        const words = [
          "apply",
          lab.inventoryFile,
          "--play",
          slow,
          "--lock-timeout",
          "5m",
          "--json",
        ];
        const child = new Deno.Command(Deno.execPath(), {
          args: denoArgs("apply", "cli.ts", words),
          cwd: new URL("../../", import.meta.url),
          stdin: "null",
          stdout: "piped",
          stderr: "null",
        }).spawn();
        let stdout = "";
        let waits = false;
        for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
          stdout += text;
          if (waits || !stdout.includes('"lock-wait"')) continue;
          waits = true;
          await hf.root(lab, "lb1", `touch ${GO}`);
        }
        const { code } = await child.status;
        const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
        hf.assertExit(await done, 0);
        const run = { code, events, stdout, stderr: "" };
        hf.assertExit(run, 0);
        assertEquals([hf.tasksOf(run, "changed"), hf.tasksOf(run, "ok")], [[], ["lb1 wait"]]);
      });

      await t.step("a killed controller leaves no lock behind", async () => {
        const { child, done } = await underWay(lab, slow);
        child.kill("SIGKILL");
        await done;
        await hf.root(lab, "lb1", `rm ${GO}-begun`);
        // The host ends the step first; nobody has to say so.
        const { done: waited } = hf.start("apply", lab.inventoryFile, {
          flags: ["--play", slow, "--lock-timeout", "5m"],
        });
        await hf.eventually("the step is under way again", () => exists(lab, `${GO}-begun`));
        assertEquals(await exists(lab, `${GO}-done`), false);
        await hf.root(lab, "lb1", `touch ${GO}`);
        hf.assertExit(await waited, 0);
      });

      await t.step("a step that must finish keeps the lock of a killed controller", async () => {
        const { child, done } = await underWay(lab, finishing);
        child.kill("SIGKILL");
        await done;
        const refused = await apply();
        hf.assertExit(refused, 5);
        assert(held(refused).some(({ message }) => message.startsWith('Cannot work on "lb1"')));
        await hf.root(lab, "lb1", `touch ${GO}`);
        hf.assertExit(await apply("--lock-timeout", "5m"), 0);
        assert(await exists(lab, `${GO}-done`));
      });

      await t.step("two that begin at the same moment both come to their end", async () => {
        await clean(lab);
        await hf.root(lab, "lb1", `touch ${GO}`);
        const flags = ["--lock-timeout", "5m"];
        for (const run of await Promise.all([apply(...flags), apply(...flags)])) {
          hf.assertExit(run, 0);
        }
        for (const { name } of lab.hosts) {
          const modes = await hf.root(lab, name, `stat -c '%a %U' ${LOCK_DIR} ${LOCK_DIR}/*`);
          assertEquals(modes, "700 root\n600 root\n");
        }
      });
    }),
});
