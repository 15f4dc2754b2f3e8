/** The guard of a run: what it does when nobody ends it. */
import { assertEquals } from "@std/assert";
import { openScript } from "../../src/journal/open.ts";
import { commitScript, revertScript } from "../../src/journal/verdict.ts";
import type { Keeper } from "../../src/model.ts";
import { SHELLS } from "../ssh/shells.ts";
import { ABOUT, assertOk, step, verdict } from "./run.ts";
import { withSandbox } from "./sandbox.ts";

for (const [name, { argv: shell }] of Object.entries(SHELLS)) {
  Deno.test(`${name}: the guard undoes a run whose session has ended`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })));
      assertOk(await host.run(`/bin/sh ${dir}/state/run/guard >/dev/null 2>&1`));
      assertEquals(await host.text("a"), "old");
      assertEquals(await verdict(host), { state: "reverted", by: "session" });
    }));

  Deno.test(`${name}: the guard puts away a run that is kept, where nobody was left to do it`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      assertOk(await host.run(openScript(ABOUT, [])));
      assertOk(await host.run(step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })));
      // The word was given, and then the connection was lost.
      await host.run(`mv ${dir}/state/run/open ${dir}/state/run/committed`);
      assertOk(await host.run(`/bin/sh ${dir}/state/run/guard >/dev/null 2>&1`));
      assertEquals(await host.text("a"), "new\n");
      assertEquals(await host.names("state"), ["history"]);
      assertEquals(await verdict(host), { state: "committed" });
    }));

  Deno.test(`${name}: the guard tries again when an undo does not work`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const keeper: Keeper = {
        name: "daemon",
        save: `cat ${dir}/unit`,
        restore:
          `echo try >>${dir}/tries; [ "$(wc -l <${dir}/tries)" -ge 3 ] && echo runs >${dir}/unit`,
      };
      await Deno.writeTextFile(`${dir}/unit`, "runs\n");
      assertOk(await host.run(openScript(ABOUT, [keeper])));
      assertOk(await host.run(step(1, `echo stopped >${dir}/unit`)));
      await host.run(`sed -i 's/ tries=30 / tries=1 /' ${dir}/state/run/undo
sed -i 's/^pause=5/pause=0/' ${dir}/state/run/guard`);
      assertOk(await host.run(`/bin/sh ${dir}/state/run/guard >/dev/null 2>&1`));
      assertEquals([await host.text("unit"), await host.text("tries")], [
        "runs\n",
        "try\ntry\ntry\n",
      ]);
      assertEquals(await verdict(host), { state: "reverted", by: "session" });
    }));

  Deno.test(`${name}: who changes together with others leaves first, waits, and keeps nothing`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const keep = commitScript(ABOUT.id).replace("Cannot keep", "refused");
      const leave = `( ${keep} ) 2>&1 | grep -o refused >>${dir}/log`;
      assertOk(await host.run(openScript(ABOUT, [], { leave, waitS: 1 })));
      assertOk(await host.run(step(1, ":", { undo: `echo undone >>${dir}/log` })));
      const since = performance.now();
      assertOk(await host.run(`/bin/sh ${dir}/state/run/guard >/dev/null 2>&1`));
      assertEquals(performance.now() - since >= 1000, true);
      assertEquals(await host.text("log"), "refused\nundone\n");
      assertEquals(await verdict(host), { state: "reverted", by: "session" });
    }));

  Deno.test(`${name}: one of several with files that cannot be put back stays out of the service`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      const keeper: Keeper = {
        name: "daemon",
        save: "echo active",
        restore: `: >${dir}/started`,
      };
      await Deno.writeTextFile(`${dir}/a`, "old");
      assertOk(await host.run(openScript(ABOUT, [keeper], { waitS: 1 })));
      assertOk(
        await host.run(step(1, `rm ${dir}/a && mkdir -p ${dir}/a/b`, { paths: [`${dir}/a`] })),
      );
      await host.run(`sed -i 's/ tries=30 / tries=1 /' ${dir}/state/run/undo`);
      assertEquals((await host.run(revertScript(ABOUT.id))).code, 1);
      assertEquals((await host.names(".")).includes("started"), false);
    }));

  Deno.test(`${name}: the guard undoes a run whose time is up, though its session lives`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old");
      const text = [
        `( ${openScript(ABOUT, [])} )`,
        `( ${step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })} )`,
        // The session is the test itself: it lives.
        `echo ${Deno.pid} "$(cut -d' ' -f22 /proc/${Deno.pid}/stat)" >${dir}/state/run/session`,
        `echo 1 >${dir}/state/run/deadline`,
        // It would end the session, which shall live on here.
        `sed -i 's/kill -KILL "$pid"/:/' ${dir}/state/run/undo`,
        `/bin/sh ${dir}/state/run/guard >/dev/null 2>&1`,
      ].join("\n");
      assertOk(await host.run(text));
      assertEquals(await host.text("a"), "old");
      assertEquals(await verdict(host), { state: "reverted", by: "deadline" });
    }));

  Deno.test(`${name}: the guard takes no half written time for the end of a run`, () =>
    withSandbox(shell, async (host) => {
      const { dir } = host;
      await Deno.writeTextFile(`${dir}/a`, "old");
      const text = [
        `( ${openScript(ABOUT, [])} )`,
        `( ${step(1, `echo new >${dir}/a`, { paths: [`${dir}/a`] })} )`,
        // What a reader has of a later time whose file is written anew in the middle of its read.
        `printf 1 >${dir}/state/run/deadline`,
        `sleep 2 & echo "$!" "$(cut -d' ' -f22 /proc/$!/stat)" >${dir}/state/run/session`,
        `/bin/sh ${dir}/state/run/guard >/dev/null 2>&1`,
      ].join("\n");
      assertOk(await host.run(text));
      assertEquals(await verdict(host), { state: "reverted", by: "session" });
    }));
}
