import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { until } from "../../src/lab/process.ts";
import { openScript, runId } from "../../src/journal/open.ts";
import {
  commitScript,
  OPEN_PROBE,
  parseOpen,
  parseUndone,
  recallScript,
  revertScript,
} from "../../src/journal/verdict.ts";
import type { Keeper } from "../../src/model.ts";
import { changeScript } from "../../src/runner/script.ts";
import { beginStep, type Step } from "../../src/journal/step.ts";
import { SHELLS } from "../ssh/shells.ts";
import { ABOUT, assertOk, revert, step, verdict } from "./run.ts";
import { withSandbox } from "./sandbox.ts";

Deno.test("runId() sorts by time and says when", () => {
  const at = Date.UTC(2026, 10, 27, 8, 54, 12);
  assertEquals(runId(at, "1a2b3c4d-5e6f"), "20261127T085412Z-1a2b3c4d");
});

for (const [name, { argv: shell }] of Object.entries(SHELLS)) {
  Deno.test(`${name}: a run that is undone leaves every file as it was, and none that was not there`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old a", { mode: 0o640 });
      await Deno.chmod(`${dir}/a`, 0o640);
      await Deno.symlink("a", `${dir}/link`);
      assertOk(await host.run(openScript(ABOUT, [])));
      assertEquals(await verdict(host), { state: "open" });
      const paths = [`${dir}/a`, `${dir}/new`, `${dir}/link`];
      assertOk(
        await host.run(
          step(1, `cd ${dir}; rm a link; echo new >a; chmod 600 a; echo b >new; echo c >link`, {
            paths,
          }),
        ),
      );
      // A second change of the same file goes back to what was there before the first.
      assertOk(await host.run(step(2, `echo newer >${dir}/a`, { paths: [`${dir}/a`] })));
      const { files } = await revert(host);
      assertEquals(files.toSorted(), [`${dir}/a`, `${dir}/link`, `${dir}/new`]);
      assertEquals(await host.text("a"), "old a");
      assertEquals((await Deno.stat(`${dir}/a`)).mode! & 0o777, 0o640);
      assertEquals(await Deno.readLink(`${dir}/link`), "a");
      assertEquals(await host.names("."), ["a", "link", "state"]);
      assertEquals(await verdict(host), { state: "reverted", by: "controller" });
    }));

  Deno.test(`${name}: folders that a write had to make go again, others stay`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.mkdir(`${dir}/etc`);
      assertOk(await host.run(openScript(ABOUT, [])));
      const files = ["etc/made/deep/a", "etc/b"].map((path) => ({
        path: `${dir}/${path}`,
        content: "new",
        mode: "0600",
        owner: `${Deno.uid()}`,
        group: `${Deno.gid()}`,
      }));
      const change = {
        kind: "write",
        summary: "write",
        files,
        validations: [],
        before: {},
      } as const;
      const paths = files.map(({ path }) => path);
      const one: Step = { id: ABOUT.id, number: 1, summary: "write", timeoutS: 60, paths };
      assertOk(await host.run(changeScript(change, [], one)));
      assertEquals(await host.names("etc/made/deep"), ["a"]);
      await revert(host);
      assertEquals(await host.names("etc"), []);
      assertEquals(await host.names("."), ["etc", "state"]);
    }));

  Deno.test(`${name}: a run that is undone twice, or half undone before, is undone once`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [])));
      const undo = `echo undone >>${dir}/log`;
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`], undo })));
      assertEquals((await revert(host)).steps, ["step 1"]);
      assertEquals((await revert(host)).steps, ["step 1"]);
      assertEquals([await host.text("a"), await host.text("log")], ["old", "undone\n"]);
    }));

  Deno.test(`${name}: what is kept is not undone any more, and is in the history`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })));
      assertOk(await host.run(commitScript(ABOUT.id)));
      assertOk(await host.run(commitScript(ABOUT.id)));
      assertEquals(await verdict(host), { state: "committed" });
      assertOk(await host.run(revertScript(ABOUT.id)));
      assertEquals(await host.text("a"), "new\n");
      assertEquals(await host.names("state"), ["history"]);
      assertEquals(await host.names("state/history"), [ABOUT.id]);
    }));

  Deno.test(`${name}: what was kept a moment ago can be recalled and undone`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })));
      assertOk(await host.run(commitScript(ABOUT.id)));
      // It writes units of the boot where systemd runs, which is not asked for here.
      const text = recallScript(ABOUT.id).replaceAll("/run/systemd/system", `${dir}/none`);
      assertOk(await host.run(text));
      assertEquals(await verdict(host), { state: "open" });
      assertOk(await host.run(text));
      assertEquals(await verdict(host), { state: "open" });
      assertEquals((await revert(host)).files, [`${dir}/a`]);
      assertEquals(await host.text("a"), "old");
    }));

  Deno.test(`${name}: a word to keep that comes after it was taken back is refused`, () =>
    withSandbox(shell, async (host) => {
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(recallScript(ABOUT.id)));
      const late = await host.run(commitScript(ABOUT.id));
      assertEquals([late.code, await verdict(host)], [1, { state: "open" }]);
      assertMatch(late.stderr, /it is going back to how it was/);
      await revert(host);
      assertEquals(await verdict(host), { state: "reverted", by: "controller" });
    }));

  Deno.test(`${name}: a word to keep that is at its work when it is taken back is waited for`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const inTime = (text: string) => text.replaceAll("/run/systemd/system", `${dir}/none`);
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })));
      // It has the lock, and waits before it puts the run away.
      const slow = `disarm_boot
: >${dir}/waits
while [ ! -e ${dir}/go ]; do sleep 0.05; done
archive `;
      const kept = host.run(commitScript(ABOUT.id).replace("disarm_boot\narchive ", slow));
      assert(await until(async () => (await host.names(".")).includes("waits"), 20_000));
      const back = host.run(inTime(`${recallScript(ABOUT.id)} || exit 1
${revertScript(ABOUT.id)}`));
      await delay(300);
      assertEquals([await host.text("a"), await verdict(host)], ["new\n", { state: "committed" }]);
      await Deno.writeTextFile(`${dir}/go`, "");
      assertOk(await kept);
      assertEquals(parseUndone((await back).stdout).files, [`${dir}/a`]);
      assertEquals([await host.text("a"), (await verdict(host)).state], ["old", "reverted"]);
    }));

  Deno.test(`${name}: a step of a run that the host has undone does nothing, and cannot be kept`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      assertOk(await host.run(openScript(ABOUT, [])));
      await revert(host);
      const late = await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] }));
      assertEquals(late.code, 1);
      assertMatch(late.stderr, /has gone back to how it was/);
      const kept = await host.run(commitScript(ABOUT.id));
      assertEquals([kept.code, await host.text("a")], [1, ""]);
      assertMatch(kept.stderr, /^Cannot keep what was changed: it went back/);
    }));

  Deno.test(`${name}: keepers bring back what was, knowing which handlers were due`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const keeper: Keeper = {
        name: "state of it",
        save: `cat ${dir}/unit`,
        restore: `printf '%s\n' "$saved" >${dir}/unit; printf '%s\n' "$notified" >${dir}/due`,
      };
      await Deno.writeTextFile(`${dir}/unit`, "running\n");
      assertOk(await host.run(openScript(ABOUT, [keeper])));
      const change = `echo stopped >${dir}/unit; echo new >${dir}/a`;
      assertOk(await host.run(step(1, change, { paths: [`${dir}/a`], notify: ["reload it"] })));
      assertEquals((await revert(host)).keepers, ["state of it"]);
      assertEquals(await host.text("unit"), "running\n");
      assertEquals(await host.text("due"), "reload it\n");
    }));

  Deno.test(`${name}: a keeper that cannot bring it back leaves the run open and says why`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const keeper: Keeper = {
        name: "state of it",
        save: `cat ${dir}/unit`,
        restore: `echo moon phase >&2; exit 1`,
      };
      await Deno.writeTextFile(`${dir}/unit`, "running\n");
      assertOk(await host.run(openScript(ABOUT, [keeper])));
      assertOk(await host.run(step(1, `echo stopped >${dir}/unit`)));
      // One try in place of half a minute of them.
      await host.run(`sed -i 's/ tries=30 / tries=1 /' ${dir}/state/run/undo`);
      const answer = await host.run(revertScript(ABOUT.id));
      assertEquals(answer.code, 1);
      assertMatch(answer.stderr, /cannot bring back state of it: moon phase/);
      assertEquals(await verdict(host), { state: "open" });
      const open = parseOpen((await host.run(OPEN_PROBE)).stdout);
      assertEquals([open?.id, open?.about], [ABOUT.id, ABOUT]);
      assertMatch(
        open?.said ?? "",
        /not as it was after 1 tries: cannot bring back state of it: moon phase/,
      );
    }));

  Deno.test(`${name}: a disk that takes no more is no reason to stay half changed`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const keeper: Keeper = { name: "daemon", save: "echo active", restore: `: >${dir}/reloaded` };
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [keeper])));
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })));
      // Nothing can be written under these names, whoever tries.
      await host.run(`cd ${dir}/state/run && rm record undone && mkdir record undone output`);
      const { code, stdout } = await host.run(revertScript(ABOUT.id));
      assertEquals(code, 0);
      assertEquals(parseUndone(stdout), {
        files: [`${dir}/a`],
        steps: [],
        keepers: ["daemon"],
      });
      assertEquals([await host.text("a"), (await host.names(".")).includes("reloaded")], [
        "old",
        true,
      ]);
      assertEquals(await verdict(host), { state: "reverted", by: "controller" });
    }));

  Deno.test(`${name}: handlers of what is undone are due no more, of what stays and of before they are`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await host.run(`mkdir -p ${dir}/state/pending; : >${dir}/state/pending/before`);
      assertOk(await host.run(openScript(ABOUT, [])));
      const due = (name: string) => `: >${dir}/state/pending/${name}`;
      assertOk(
        await host.run(step(1, due("undone"), { paths: [`${dir}/a`], notify: ["undone"] })),
      );
      assertOk(await host.run(step(2, due("stays"), { notify: ["stays"] })));
      assertOk(await host.run(step(3, `rm ${dir}/state/pending/before`, { runs: "before" })));
      await revert(host);
      assertEquals(await host.names("state/pending"), ["before", "stays"]);
    }));

  Deno.test(`${name}: a step that is under way is ended before the host goes back`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [])));
      const slow = step(1, `echo half >${dir}/a; sleep 300; echo new >${dir}/a`, {
        paths: [`${dir}/a`],
      });
      await Deno.writeTextFile(`${dir}/slow`, slow.replaceAll("/var/lib/holdfast", `${dir}/state`));
      const child = new Deno.Command("setsid", { args: ["-w", ...shell, `${dir}/slow`] }).spawn();
      while (await host.text("a") !== "half\n") await new Promise((go) => setTimeout(go, 20));
      await revert(host);
      assertEquals(await host.text("a"), "old");
      assertEquals((await child.status).success, false);
    }));

  Deno.test(`${name}: what a step staged that had to be killed is gone when the host is back`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/.holdfast.stays`, "somebody's own");
      assertOk(await host.run(openScript(ABOUT, [])));
      // An undo that a power cut ended has left something too.
      const staged = `: >${dir}/.holdfast.$$.Aa1; : >${dir}/.holdfast.77.undo`;
      const paths = [`${dir}/a`];
      const last = `exec sh -c 'kill -KILL $PPID'`;
      await host.run(step(1, `${staged}; : >${dir}/a; ( ${last} )`, { paths }));
      assertEquals((await host.names(".")).filter((it) => it.startsWith(".")).length, 3);
      await revert(host);
      assertEquals(await host.names("."), [".holdfast.stays", "state"]);
    }));

  Deno.test(`${name}: what a step that was cut off had staged goes with it, and nothing else`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.mkdir(`${dir}/etc`);
      await Deno.writeTextFile(`${dir}/etc/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [])));
      // The power goes while it stages: nothing is recorded yet, and nobody cleans up.
      const paths = [`${dir}/etc/a`];
      const one: Step = { id: ABOUT.id, number: 1, summary: "step 1", timeoutS: 60, paths };
      const stages = `echo new >${dir}/etc/.holdfast.$$.abc; kill -KILL $$`;
      await host.run([beginStep(one), stages].join("\n"));
      await Deno.writeTextFile(`${dir}/etc/.holdfast.77.undo`, "half");
      await Deno.writeTextFile(`${dir}/etc/.holdfast.other`, "not ours");
      assertEquals((await host.names("etc")).length, 4);
      await revert(host);
      assertEquals(await host.names("etc"), [".holdfast.other", "a"]);
      assertEquals(await host.text("etc/a"), "old");
    }));

  Deno.test(`${name}: only one run is open, and what ended before it is archived`, () =>
    withSandbox(shell, async (host) => {
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(openScript(ABOUT, [])));
      const other = { ...ABOUT, id: "20261127T090000Z-ffffffff" };
      const refused = await host.run(openScript(other, []));
      assertEquals(refused.code, 1);
      assertMatch(refused.stderr, /^Cannot prepare the way back: run 20261127T085412Z-1a2b3c4d is/);
      await revert(host);
      assertOk(await host.run(openScript(other, [])));
      assertEquals(await host.names("state/history"), [ABOUT.id]);
      assertEquals(await verdict(host), { state: "reverted", by: "controller" });
    }));

  Deno.test(`${name}: a host remembers ten runs`, () =>
    withSandbox(shell, async (host) => {
      for (let i = 10; i < 23; i++) {
        const id = `20261127T0854${i}Z-1a2b3c4d`;
        assertOk(await host.run(openScript({ ...ABOUT, id }, [])));
        assertOk(await host.run(commitScript(id)));
      }
      const kept = await host.names("state/history");
      assertEquals([kept.length, kept[0]?.slice(0, 15)], [10, "20261127T085413"]);
    }));
}
