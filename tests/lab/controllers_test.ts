/**
 * Two controllers at once, the first of which dies, or its shell on the host does: nothing of the
 * dead run goes on beside the next one, and a dpkg that it began is waited for.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Diagnostic } from "../../src/model.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { LOCK_DIR } from "../../src/runner/lock.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const DIR = "/run/controllers";
const MOD = new URL("../../mod.ts", import.meta.url).href;

/** A step that heeds no TERM until it may, and notes whether the one before it still lives. */
const PLAIN = `read -r before <${DIR}/steps
echo $$ >>${DIR}/steps
[ -z "$before" ] || ! kill -0 "$before" || echo "$before" >>${DIR}/together
trap : TERM
while [ ! -e ${DIR}/go ]; do sleep 0.1; done
touch ${DIR}/done`;

/** A real dpkg whose package takes until it may go on. */
const DPKG = `echo $$ >>${DIR}/steps
dpkg -i ${DIR}/slow-package.deb && touch ${DIR}/done`;

const PREPARE = `rm -rf ${DIR}; mkdir -p ${DIR}/deb/DEBIAN; : >${DIR}/steps
dpkg -P slow-package >/dev/null 2>&1
cat >${DIR}/deb/DEBIAN/control <<'END'
Package: slow-package
Version: 1
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: takes its time
END
cat >${DIR}/deb/DEBIAN/postinst <<'END'
#!/bin/sh
echo x >>${DIR}/installed
while [ ! -e ${DIR}/go ]; do sleep 0.1; done
END
chmod 755 ${DIR}/deb/DEBIAN/postinst
dpkg-deb -b ${DIR}/deb ${DIR}/slow-package.deb >/dev/null`;

/** A play with one step on lb1. */
async function writePlay(lab: Lab, name: string, script: string, finish: boolean): Promise<string> {
  const path = `${lab.stateDir}/${name}.ts`;
  await Deno.writeTextFile(
    path,
    `import { definePlay, defineTask } from ${JSON.stringify(MOD)};
const step = defineTask({
  kind: "step",
  title: () => "step",
  probe: () => "[ -e ${DIR}/done ]",
  parse: ({ code }) => code === 0,
  plan: (done) => ({
    changes: done ? [] : [{
      kind: "run",
      summary: "make the step",
      finish: ${finish},
      timeoutMs: 600000,
      script: ${JSON.stringify(script)},
    }],
  }),
});
export default definePlay({
  name: "one step",
  packages: [],
  tasks: (_, { host }) => host.name === "lb1" ? [step({})] : [],
  handlers: () => [],
  checks: () => [],
});
`,
  );
  return path;
}

const read = (lab: Lab, file: string) =>
  hf.root(lab, "lb1", `cat ${file} 2>/dev/null || :`).then((text) => text.trim());
const allow = (lab: Lab) => hf.root(lab, "lb1", `touch ${DIR}/go`);

/** Starts a controller, and waits until the host is in the middle of its step. */
async function underWay(lab: Lab, play: string, mark: string): Promise<hf.Started> {
  await hf.root(lab, "lb1", PREPARE);
  const started = hf.start("apply", lab.inventoryFile, { flags: ["--play", play] });
  await hf.eventually("the step is under way", async () => await read(lab, mark) !== "");
  return started;
}

/** Kills a controller, and waits until its host has noticed: that is all that "at once" waits for. */
async function killController(lab: Lab, { child, done }: hf.Started): Promise<void> {
  const session = (await read(lab, `${LOCK_DIR}/lock`)).split(" ")[0];
  child.kill("SIGKILL");
  await done;
  const noticed = `grep -qx lost ${LOCK_DIR}/step.${session} || ! kill -0 ${session}`;
  await hf.eventually(
    "the host has noticed",
    () =>
      hf.root(lab, "lb1", `if ${noticed} 2>/dev/null; then echo yes; fi`).then((said) =>
        said !== ""
      ),
  );
}

/** Kills the shell of the session that has the lock, and all that watches its step, at once. */
async function killShell(lab: Lab): Promise<void> {
  const script = `read -r session _ <${LOCK_DIR}/lock
read -r step _ <${LOCK_DIR}/step.$session
for pid in $(pgrep -P $session); do [ $pid = $step ] || victims="$victims $pid"; done
kill -KILL $victims $session
# Asked at once: what watches the session takes a moment to see that it is gone.
kill -0 $step || exit 1
while kill -0 $session 2>/dev/null; do sleep 0.1; done`;
  await hf.root(lab, "lb1", script);
}

function said({ events }: hf.Run): Diagnostic[] {
  return events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.code?.startsWith("lock")
      ? [event.diagnostic]
      : []
  );
}

Deno.test({
  name: "nothing of a dead run goes on beside the next one",
  ignore,
  fn: (t) =>
    withLab("twoctl", async (lab) => {
      const plain = await writePlay(lab, "plain", PLAIN, false);
      const dpkg = await writePlay(lab, "dpkg", DPKG, true);
      const apply = (play: string, ...flags: string[]) =>
        hf.start("apply", lab.inventoryFile, { flags: ["--play", play, ...flags] });

      /** The second one gets the lock with its first question, and has ended the step of the first. */
      const atOnce = async () => {
        const before = await read(lab, `${DIR}/steps`);
        const second = apply(plain);
        await hf.eventually(
          "the second step is under way",
          async () => (await read(lab, `${DIR}/steps`)).split("\n").length === 2,
        );
        assertEquals(
          await hf.root(lab, "lb1", `kill -0 ${before} 2>/dev/null && echo yes || :`),
          "",
        );
        await allow(lab);
        const run = await second.done;
        hf.assertExit(run, 0);
        assertEquals(said(run), []);
        assertEquals(hf.tasksOf(run, "changed"), ["lb1 step"]);
        assertEquals(await read(lab, `${DIR}/together`), "");
        assertEquals(await hf.root(lab, "lb1", `ls ${LOCK_DIR}`), "lock\n");
      };

      /** The second one is told what still works there, waits for it, and does not do it again. */
      const afterDpkg = async () => {
        const pid = await hf.root(lab, "lb1", `pgrep -g $(cat ${DIR}/steps) -x dpkg`);
        const words =
          `Cannot work on "lb1": dpkg, process ${pid.trim()} there, still works for a run that is ` +
          "gone: apply of ";
        const refused = await apply(dpkg).done;
        hf.assertExit(refused, 5);
        const [{ message, hint = "" } = { message: "" }] = said(refused);
        assertEquals(message.slice(0, words.length), words);
        assertMatch(hint, /^--lock-timeout 15m waits until dpkg has come to its own end; leave it/);
        assert(!/kill/.test(hint));
        const events = `${lab.stateDir}/${crypto.randomUUID()}.jsonl`;
        const { done } = apply(dpkg, "--lock-timeout", "5m", "--report", `jsonl:${events}`);
        await hf.eventually(
          "it waits",
          async () =>
            (await Deno.readTextFile(`${events}.part`).catch(() => "")).includes("lock-wait"),
        );
        await allow(lab);
        const run = await done;
        hf.assertExit(run, 0);
        const waits = said(run).map(({ code, message }) => [code, message.slice(0, words.length)]);
        assertEquals(waits, [["lock-wait", words]]);
        assertEquals([hf.tasksOf(run, "ok"), hf.tasksOf(run, "changed")], [["lb1 step"], []]);
        assertEquals(await read(lab, `${DIR}/installed`), "x");
        assertEquals(await hf.root(lab, "lb1", `ls ${LOCK_DIR}`), "lock\n");
      };

      await t.step("the controller is killed during a step", async () => {
        await killController(lab, await underWay(lab, plain, `${DIR}/steps`));
        await atOnce();
      });

      await t.step("the controller is killed during dpkg", async () => {
        await killController(lab, await underWay(lab, dpkg, `${DIR}/installed`));
        await afterDpkg();
      });

      await t.step("its shell on the host is killed during a step", async () => {
        const { done } = await underWay(lab, plain, `${DIR}/steps`);
        await killShell(lab);
        await atOnce();
        hf.assertExit(await done, 4);
      });

      await t.step("its shell on the host is killed during dpkg", async () => {
        const { done } = await underWay(lab, dpkg, `${DIR}/installed`);
        await killShell(lab);
        await afterDpkg();
        hf.assertExit(await done, 4);
      });
    }),
});
