/** What a session records of its step, and how another one ends what a dead session left behind. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { LOCK_DIR, lockScript, unlockScript } from "../src/runner/lock.ts";
import { raw } from "../src/shell.ts";
import { BUSY, endStepText, recordText } from "../src/step_record.ts";
import { lockedIn, runSh, withTempDir } from "./helpers.ts";
import { alive, open, SHELLS, textOf, until } from "./ssh/shells.ts";

const REQUEST = { what: "apply", who: "deploy@controller", sinceS: 1, nonce: "a-1" };

/** A process that leads a group and session of its own, as a step does. */
async function leader(dir: string, script: string): Promise<{ pid: number; born: string }> {
  const name = `leader-${crypto.randomUUID()}`;
  // It is nobody's child, as the step of a dead session is.
  await runSh(`setsid sh -c 'echo $$ >"$0"; ${script}' '${dir}/${name}' >/dev/null 2>&1 &`);
  assert(await until(() => textOf(`${dir}/${name}`) !== ""));
  const pid = Number(textOf(`${dir}/${name}`));
  return { pid, born: bornOf(pid) };
}

function bornOf(pid: number): string {
  return textOf(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ")[19] ?? "";
}

for (const [name, shell] of Object.entries(SHELLS)) {
  const test = (what: string, run: (dir: string) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => withTempDir(run));
  /** Ends what a dead session left, in a script that is strict. */
  const end = (dir: string, pid = 7) => {
    const script = `set -eu; pid=${pid}; ${endStepText(raw('"$pid"'))} && echo free`;
    return runSh(lockedIn(script, dir), shell.argv);
  };

  test("a session records its steps while it has the lock, and no others", async (dir) => {
    const lockDir = `${dir}/lock dir`;
    await using session = await open(shell, { lockDir });
    const run = async (script: string, finish = false) =>
      await session.run(lockedIn(script, `'${lockDir}'`), { finish });
    const look = `cat ${LOCK_DIR}/step.$PPID; set | grep ^hf_; echo "$# $$"`;
    assertEquals((await run(look)).stdout.split("\n").length, 2);
    assertEquals((await run(lockScript(REQUEST))).code, 0);
    const owner = (await run("echo $PPID")).stdout.trim();
    for (const [finish, word] of [[false, "0"], [true, "1"]] as const) {
      const { stdout, stderr } = await run(look, finish);
      const [record = "", rest = ""] = stdout.split("\n");
      const step = rest.replace("0 ", "");
      assertEquals([rest, stderr], [`0 ${step}`, ""]);
      assertMatch(record, new RegExp(`^${step} \\d+ ${word} \\d+ ${bornOf(Number(owner))}$`));
      assertEquals([...Deno.readDirSync(lockDir)].map((it) => it.name), ["lock"]);
    }
    const mode = await run(`stat -c %a ${LOCK_DIR}/step.$PPID`);
    assertEquals(mode.stdout, "600\n");
    // However a step ends.
    await run("kill -KILL $$");
    await session.run("sleep 600", { timeoutMs: 1000 });
    assertEquals([...Deno.readDirSync(lockDir)].map((it) => it.name), ["lock"]);
    await run(unlockScript("a-1"));
    assertEquals((await run(look)).stdout.split("\n").length, 2);
    assertEquals([...Deno.readDirSync(lockDir)], []);
  });

  test("a step whose session is dead before it could record itself does nothing", async (dir) => {
    const step = (session: string) =>
      runSh(
        `hf_s=${session} hf_f=0 hf_q=3 hf_b=5; ${recordText(dir)} echo done >'${dir}/done'`,
        shell.argv,
      );
    assertEquals(await step("1"), { code: 143, stdout: "", stderr: "" });
    assertEquals(textOf(`${dir}/done`), "");
    // So whoever looks after it has been recorded knows of it, and whoever looks before need not.
    assertMatch(textOf(`${dir}/step.1`), /^\d+ \d+ 0 3 5\n$/);
    assertEquals((await step(String(Deno.pid))).code, 0);
    assertEquals(textOf(`${dir}/done`), "done\n");
    await Deno.remove(`${dir}/done`);
    // A disk that is full, or a folder that has gone, stops no step.
    const none = `hf_s=${Deno.pid} hf_f=0 hf_q=3 hf_b=5; ${recordText(`${dir}/none`)} echo yes`;
    assertEquals(await runSh(none, shell.argv), { code: 0, stdout: "yes\n", stderr: "" });
  });

  test("endStepText() ends a whole group, and nothing that left it", async (dir) => {
    const { pid, born } = await leader(
      dir,
      `sh -c "trap : TERM; echo \\$\\$ >${dir}/stubborn; while :; do sleep 0.2; done" & ` +
        `setsid sleep 600 & echo $! >${dir}/daemon; sleep 600`,
    );
    assert(await until(() => textOf(`${dir}/stubborn`) !== "" && textOf(`${dir}/daemon`) !== ""));
    const daemon = Number(textOf(`${dir}/daemon`));
    assert(await until(() => textOf(`/proc/${daemon}/cmdline`).startsWith("sleep")));
    await Deno.writeTextFile(`${dir}/step.7`, `${pid} ${born} 0 4 5\n`);
    assertEquals(await end(dir), { code: 0, stdout: "free\n", stderr: "" });
    const stubborn = Number(textOf(`${dir}/stubborn`));
    assertEquals([alive(pid), alive(stubborn), alive(daemon)], [false, false, true]);
    Deno.kill(daemon, "SIGKILL");
    assertEquals([...Deno.readDirSync(dir)].filter((it) => it.name === "step.7"), []);
  });

  test("endStepText() leaves alone what must finish, and says what it is", async (dir) => {
    await Deno.copyFile("/bin/sleep", `${dir}/dpkg ) S 1`);
    await Deno.chmod(`${dir}/dpkg ) S 1`, 0o755);
    const { pid, born } = await leader(dir, `"${dir}/dpkg ) S 1" 600; :`);
    const child = async () => Number((await runSh(`pgrep -P ${pid}`)).stdout);
    assert(await until(async () => textOf(`/proc/${await child()}/comm`).startsWith("dpkg")));
    const dpkg = await child();
    await Deno.writeTextFile(`${dir}/step.7`, `lost\n${pid} ${born} 1 4 5\n`);
    const busy = { code: BUSY, stdout: `busy ${dpkg} dpkg ) S 1\n`, stderr: "" };
    assertEquals(await end(dir), busy);
    // Its leader is gone, what it began is not: still the same step.
    Deno.kill(pid, "SIGKILL");
    assert(await until(() => !alive(pid)));
    assertEquals(await end(dir), busy);
    assertEquals(alive(dpkg), true);
    Deno.kill(dpkg, "SIGKILL");
    assert(await until(() => !alive(dpkg)));
    assertEquals((await end(dir)).stdout, "free\n");
  });

  test("endStepText() takes nobody for a step who only has its number", async (dir) => {
    const { pid, born } = await leader(dir, "sleep 600");
    const others = [
      `${pid} 1${born} 0 4 5\n`, // Another time.
      `${Deno.pid} ${bornOf(Deno.pid)} 0 4 5\n`, // It leads no session: no step.
      "",
      "lost\n",
      "1 1 0 4 5\n",
      "0 1 0 4 5\n",
      `-${pid} ${born} 0 4 5\n`,
      `x${pid} ${born} 0 4 5\n`,
    ];
    for (const record of others) {
      await Deno.writeTextFile(`${dir}/step.7`, record);
      assertEquals(await end(dir), { code: 0, stdout: "free\n", stderr: "" }, record);
      assertEquals(alive(pid), true, record);
    }
    assertEquals(await end(dir, 8), { code: 0, stdout: "free\n", stderr: "" });
    Deno.kill(-pid, "SIGKILL");
  });
}
