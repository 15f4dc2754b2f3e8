import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  HELD,
  heldDiagnostic,
  heldMessage,
  type LockRequest,
  lockScript,
  parseHeld,
  peekScript,
  unlockScript,
} from "../../src/runner/lock.ts";
import type { ShellSession } from "../../src/ssh/session.ts";
import { lockedIn, runSh, withTempDir } from "../helpers.ts";
import { alive, open, type Shell, SHELLS, textOf, until } from "../ssh/shells.ts";

const request = (nonce: string, more: Partial<LockRequest> = {}): LockRequest => ({
  what: "apply",
  who: "deploy@controller",
  sinceS: 1_795_383_250,
  nonce,
  ...more,
});

const HOSTILE = 'it\'s $(touch pwned) `touch pwned` \\ "*" %s\n\x1b[31m\u202e; exit 0';

for (const [name, shell] of Object.entries(SHELLS)) {
  const test = (what: string, run: (dir: string) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => withTempDir((dir) => run(`${dir}/lock dir`)));

  test("lockScript() lets one session in, and tells the others who it is", async (dir) => {
    await using first = await open(shell);
    await using second = await open(shell);
    const take = (session: ShellSession, nonce: string) =>
      session.run(lockedIn(lockScript(request(nonce)), `'${dir}'`));
    assertEquals(await take(first, "a-1"), { code: 0, stdout: "", stderr: "" });
    const pid = Number((await first.run("echo $PPID")).stdout);
    assertEquals([textOf(`${dir}/lock`).split(" ")[0], modeOf(dir), modeOf(`${dir}/lock`)], [
      `${pid}`,
      0o700,
      0o600,
    ]);
    for (const script of [lockScript(request("b-2")), peekScript("b-2")]) {
      const refused = await second.run(lockedIn(script, `'${dir}'`));
      assertEquals([refused.code, refused.stderr], [HELD, ""]);
      assertEquals(parseHeld(refused.stdout), {
        pid,
        what: "apply",
        who: "deploy@controller",
        sinceS: 1_795_383_250,
      });
    }
    // Again is no mistake, nor is another session of the same run: the first keeps it.
    const line = textOf(`${dir}/lock`);
    assertEquals((await take(first, "a-1")).code, 0);
    assertEquals((await take(second, "a-1")).code, 0);
    assertEquals(textOf(`${dir}/lock`), line);
    assertEquals([...Deno.readDirSync(dir)].map((entry) => entry.name), ["lock"]);
  });

  test("unlockScript() gives back what its own session took, and nothing else", async (dir) => {
    await using first = await open(shell);
    await using second = await open(shell);
    const ask = async (session: ShellSession, script: string) =>
      (await session.run(lockedIn(script, `'${dir}'`))).code;
    assertEquals(await ask(first, unlockScript("a-1")), 0);
    assertEquals(await ask(first, lockScript(request("a-1"))), 0);
    assertEquals(await ask(second, unlockScript("a-1")), 0);
    assertEquals(await ask(first, unlockScript("b-2")), 0);
    assertEquals(await ask(second, peekScript("b-2")), HELD);
    assertEquals(await ask(first, unlockScript("a-1")), 0);
    assertEquals(await ask(second, lockScript(request("b-2"))), 0);
  });

  test("a lock is free when its session has ended, whatever that started", async (dir) => {
    await using second = await open(shell);
    const take = lockedIn(lockScript(request("b-2")), `'${dir}'`);
    for (const end of ["in order", "SIGKILL"] as const) {
      const first = await open(shell);
      await first.run(lockedIn(lockScript(request("a-1")), `'${dir}'`));
      const [pid = 0, daemon = 0] = (await first.run(
        "setsid sleep 600 >/dev/null 2>&1 & echo $PPID $!",
      )).stdout.split(" ").map(Number);
      assertEquals((await second.run(take)).code, HELD);
      if (end === "SIGKILL") Deno.kill(pid, end);
      await first[Symbol.asyncDispose]();
      const free = await until(async () => (await second.run(take)).code === 0);
      const outlived = alive(daemon);
      Deno.kill(daemon, "SIGKILL");
      assertEquals([free, outlived], [true, true], end);
      await second.run(lockedIn(unlockScript("b-2"), `'${dir}'`));
    }
  });

  test("a lock whose process is another one by now is free, whatever its name holds", async (dir) => {
    await using session = await open(shell);
    // Fields of its state are counted from behind its name.
    const program = `${dir}/x) S 1 (y`;
    await Deno.mkdir(dir);
    await Deno.copyFile("/bin/sleep", program);
    await Deno.chmod(program, 0o755);
    const child = new Deno.Command(program, { args: ["600"] }).spawn();
    try {
      assert(await until(() => textOf(`/proc/${child.pid}/stat`).includes("(x) S 1 (y) ")));
      const stat = textOf(`/proc/${child.pid}/stat`);
      const born = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
      const peek = async (line: string) => {
        await Deno.writeTextFile(`${dir}/lock`, `${line}\n`);
        return (await session.run(lockedIn(peekScript("b-2"), `'${dir}'`))).code;
      };
      assertEquals(await peek(`${child.pid} ${born} a-1 {}`), HELD);
      assertEquals(await peek(`${child.pid} 1${born} a-1 {}`), 0);
      assertEquals(await peek(`${child.pid}`), 0);
      assertEquals(await peek(`../${child.pid} ${born} a-1 {}`), 0);
      assertEquals(await peek(""), 0);
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  });

  test("a step that must finish keeps the lock of a killed controller", async (dir) => {
    const take = lockedIn(lockScript(request("a-1")), `'${dir}'`);
    const step = `${take}\nwhile [ ! -e '${dir}/go' ]; do sleep 0.1; done; echo >'${dir}/done'`;
    const plan = { ...shell, script: step, next: `echo >'${dir}/next'`, finish: true };
    const controller = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        new URL("../ssh/controller.ts", import.meta.url).pathname,
        JSON.stringify(plan),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    assert(await until(() => textOf(`${dir}/lock`) !== ""));
    controller.kill("SIGKILL");
    await controller.status;
    await using session = await open(shell);
    const ours = lockedIn(lockScript(request("b-2")), `'${dir}'`);
    assertEquals((await session.run(ours)).code, HELD);
    await Deno.writeTextFile(`${dir}/go`, "");
    assert(await until(async () => (await session.run(ours)).code === 0));
    assertEquals([textOf(`${dir}/done`), textOf(`${dir}/next`)], ["\n", ""]);
  });

  /** A session that has the lock and runs a step which marks its begin in `DIR/begun`. */
  const working = async (dir: string, nonce: string, step: string, finish = false) => {
    const session = await open(shell, { lockDir: dir });
    await session.run(lockedIn(lockScript(request(nonce)), `'${dir}'`));
    const pid = Number((await session.run("echo $PPID")).stdout);
    await Deno.remove(`${dir}/begun`).catch(() => {});
    const script = `echo $$ >'${dir}/begun.new'; mv '${dir}/begun.new' '${dir}/begun'; ${step}`;
    session.run(script, { finish, timeoutMs: 600_000 }).catch(() => {});
    assert(await until(() => textOf(`${dir}/begun`) !== ""));
    return { session, pid, step: Number(textOf(`${dir}/begun`)) };
  };
  /** Kills a session's shell and all it has on the host but its step, which goes on alone. */
  const killSession = async (pid: number, step: number) => {
    const children = (await runSh(`pgrep -P ${pid}`)).stdout.trim().split("\n").map(Number);
    for (const one of [...children.filter((child) => child !== step), pid]) {
      Deno.kill(one, "SIGKILL");
    }
    assert(await until(() => !alive(pid)));
  };

  test("the step of a dead session is ended by who takes the lock, at once", async (dir) => {
    const step = `trap : TERM; sh -c 'echo $$ >"$0"; sleep 600' '${dir}/child' & ` +
      "while :; do sleep 0.2; done";
    const first = await working(dir, "a-1", step);
    assert(await until(() => textOf(`${dir}/child`) !== ""));
    const child = Number(textOf(`${dir}/child`));
    await killSession(first.pid, first.step);
    assertEquals([alive(first.step), alive(child)], [true, true], "nobody ends it");
    await using second = await open(shell);
    // Who only asks ends nothing.
    const peek = await second.run(lockedIn(peekScript("b-2"), `'${dir}'`));
    assertEquals([peek.code, alive(first.step)], [HELD, true]);
    assertMatch(parseHeld(peek.stdout).left?.name ?? "", /^s/);
    const take = await second.run(lockedIn(lockScript(request("b-2")), `'${dir}'`));
    assertEquals(take, { code: 0, stdout: "", stderr: "" });
    assertEquals([alive(first.step), alive(child)], [false, false]);
    assertEquals(entries(dir), ["begun", "child", "lock"]);
    await first.session[Symbol.asyncDispose]();
  });

  test("what a dead session left and must finish keeps the lock until it has", async (dir) => {
    await Deno.mkdir(dir);
    await Deno.copyFile("/bin/sleep", `${dir}/dpkg`);
    await Deno.chmod(`${dir}/dpkg`, 0o755);
    const step = `'${dir}/dpkg' 600; echo >'${dir}/done'`;
    const first = await working(dir, "a-1", step, true);
    const dpkg = async () => Number((await runSh(`pgrep -P ${first.step}`)).stdout);
    assert(await until(async () => textOf(`/proc/${await dpkg()}/comm`) === "dpkg\n"));
    const left = { pid: await dpkg(), name: "dpkg" };
    await killSession(first.pid, first.step);
    await using second = await open(shell);
    for (const script of [lockScript(request("b-2")), peekScript("b-2")]) {
      const refused = await second.run(lockedIn(script, `'${dir}'`));
      assertEquals([refused.code, refused.stderr], [HELD, ""]);
      const { who, what, sinceS } = request("a-1");
      assertEquals(parseHeld(refused.stdout), { pid: first.pid, who, what, sinceS, left });
    }
    assertEquals([alive(first.step), alive(left.pid)], [true, true]);
    Deno.kill(left.pid, "SIGTERM");
    const take = lockedIn(lockScript(request("b-2")), `'${dir}'`);
    assert(await until(async () => (await second.run(take)).code === 0));
    assertEquals(entries(dir), ["begun", "done", "dpkg", "lock"]);
    await first.session[Symbol.asyncDispose]();
  });

  test("a session that has lost its link is waited for, and said to be gone", async (dir) => {
    await using second = await open(shell);
    const take = () => second.run(lockedIn(lockScript(request("b-2")), `'${dir}'`));
    // It heeds no TERM: its session takes two seconds to end it.
    const plain = await working(dir, "a-1", "trap : TERM; while :; do sleep 0.2; done");
    const closed = plain.session[Symbol.asyncDispose]();
    const lost = () => /^lost$/m.test(textOf(`${dir}/step.${plain.pid}`)) || !alive(plain.pid);
    assert(await until(lost));
    assertEquals(await take(), { code: 0, stdout: "", stderr: "" });
    assertEquals([alive(plain.step), alive(plain.pid)], [false, false]);
    await closed;
    await second.run(lockedIn(unlockScript("b-2"), `'${dir}'`));

    const finishing = await controlled(
      dir,
      shell,
      `while [ ! -e '${dir}/go' ]; do sleep 0.1; done`,
    );
    finishing.kill("SIGKILL");
    await finishing.status;
    const record = () =>
      entries(dir).filter((entry) => entry.startsWith("step.")).map((entry) =>
        textOf(`${dir}/${entry}`)
      );
    assert(await until(() => record().some((text) => /^lost$/m.test(text))));
    const refused = await take();
    assertEquals([refused.code, parseHeld(refused.stdout).left !== undefined], [HELD, true]);
    await Deno.writeTextFile(`${dir}/go`, "");
    assert(await until(async () => (await take()).code === 0));
    assertEquals(record(), []);
  });

  test("records of nobody are swept, and those of the living are not", async (dir) => {
    const first = await working(dir, "a-1", "sleep 600");
    const line = textOf(`${dir}/lock`);
    await Deno.writeTextFile(`${dir}/step.999999999`, "");
    // An earlier process of this number was a session.
    await Deno.writeTextFile(`${dir}/step.${Deno.pid}`, `${first.step} 1 0 3 1\n`);
    await Deno.remove(`${dir}/lock`);
    await using second = await open(shell);
    const take = lockedIn(lockScript(request("b-2")), `'${dir}'`);
    assertEquals((await second.run(take)).code, 0);
    assertEquals(entries(dir), ["begun", "lock", `step.${first.pid}`]);
    assertEquals(alive(first.step), true);
    assert(textOf(`${dir}/lock`) !== line);
    await first.session[Symbol.asyncDispose]();
  });

  test("what somebody says of himself is text to every shell", async (dir) => {
    await using first = await open(shell);
    await using second = await open(shell);
    const hostile = request("a-1", { who: HOSTILE, what: HOSTILE });
    assertEquals((await first.run(lockedIn(lockScript(hostile), `'${dir}'`))).code, 0);
    const { stdout } = await second.run(lockedIn(lockScript(request("b-2")), `'${dir}'`));
    const { who, what } = parseHeld(stdout);
    assertEquals([who, what], [HOSTILE, HOSTILE]);
    assertEquals([textOf("/pwned"), textOf(`${dir}/pwned`)], ["", ""]);
    assertEquals(textOf(`${dir}/lock`).split("\n").length, 2);
  });

  for (const flock of [true, false]) {
    const how = flock ? "flock" : "no flock";
    test(`of many that take it at once one does, with ${how}`, async (dir) => {
      const path = flock ? "" : `PATH=${await withoutFlock(dir.replace(/[^/]+$/, "bin"))}; `;
      const sessions = await Promise.all([...Array(6)].map(() => open(shell)));
      const answers = await Promise.all(
        sessions.map((session, i) =>
          session.run(path + lockedIn(lockScript(request(`n-${i}`)), `'${dir}'`))
        ),
      );
      const codes = answers.map(({ code }) => code).sort((a, b) => a - b);
      assertEquals(codes, [0, ...Array(5).fill(HELD)], answers.map((it) => it.stderr).join());
      const winner = answers.findIndex(({ code }) => code === 0);
      assertMatch(textOf(`${dir}/lock`), new RegExp(`^\\d+ \\d+ n-${winner} `));
      assertEquals([...Deno.readDirSync(dir)].map((entry) => entry.name), ["lock"]);
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
    });
  }

  test("where no lock can be written the reason is said", async (dir) => {
    await Deno.writeTextFile(dir, "a file");
    await using session = await open(shell);
    const { code, stderr } = await session.run(lockedIn(lockScript(request("a-1")), `'${dir}'`));
    assertEquals(code, 1);
    assertStringIncludes(stderr, `cannot make the folder ${dir}`);
  });
}

Deno.test("parseHeld() makes do with whatever stands in a lock", () => {
  const nobody = { what: "something unknown", who: "somebody" };
  assertEquals(parseHeld(""), { pid: 0, ...nobody });
  assertEquals(parseHeld("12 345 n {"), { pid: 12, ...nobody });
  assertEquals(parseHeld('12 345 n [1] "x"'), { pid: 12, ...nobody });
  assertEquals(parseHeld('12 345 n {"who":5,"what":null,"sinceS":1e300}'), { pid: 12, ...nobody });
  assertEquals(parseHeld(`12 345 n {"who":"${"x".repeat(5000)}"}`).who.length, 100);
});

Deno.test("heldDiagnostic() names host, holder, deed, time and what to type", () => {
  const holder = { pid: 42, what: "drill link-cut", who: "ann@desk", sinceS: 1_795_383_250 };
  assertEquals(heldDiagnostic("lb1", holder), {
    severity: "error",
    code: "lock-held",
    message: 'Cannot work on "lb1": ann@desk works on it since 2026-11-22 21:34:10 UTC: ' +
      "drill link-cut, process 42 there",
    hint: "--lock-timeout 60s waits for it; if that run is dead and its connection hangs: " +
      "kill 42 on lb1",
  });
  assertEquals(
    heldMessage("lb1", { pid: 42, what: "apply", who: "somebody" }),
    'Cannot work on "lb1": somebody works on it: apply, process 42 there',
  );
});

Deno.test("heldDiagnostic() of a run that is gone says what still works, never to end it", () => {
  const left = { pid: 77, name: "apt-get" };
  const holder = { pid: 42, what: "apply", who: "ann@desk", sinceS: 1_795_383_250, left };
  assertEquals(heldDiagnostic("lb1", holder), {
    severity: "error",
    code: "lock-held",
    message:
      'Cannot work on "lb1": apt-get, process 77 there, still works for a run that is gone: ' +
      "apply of ann@desk since 2026-11-22 21:34:10 UTC",
    hint: "--lock-timeout 15m waits until apt-get has come to its own end; leave it alone, " +
      "an installation that is ended half way blocks the next one",
  });
  assertEquals(
    parseHeld(`42 1 n {}\nbusy 77 a b\tc${"x".repeat(200)}\n`).left?.name.slice(0, 5),
    "a b\tc",
  );
});

function entries(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();
}

/** A controller of its own that has the lock and runs a step which must finish. */
async function controlled(dir: string, shell: Shell, script: string): Promise<Deno.ChildProcess> {
  const take = lockedIn(lockScript(request("a-1")), `'${dir}'`);
  const plan = { ...shell, lockDir: dir, script: take, finish: false, next: script };
  const program = new URL("../ssh/controller.ts", import.meta.url).pathname;
  const args = ["run", "-A", program, JSON.stringify({ ...plan, finishNext: true })];
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, ...streams }).spawn();
  const begun = () =>
    entries(dir).some((entry) => /^step/.test(entry) && textOf(`${dir}/${entry}`));
  assert(await until(begun));
  return child;
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

/** A folder with the programs that the script needs, and no flock among them. */
async function withoutFlock(bin: string): Promise<string> {
  await Deno.mkdir(bin);
  for (const program of ["cat", "chmod", "mkdir", "mv", "rmdir", "sleep"]) {
    await Deno.symlink(`/bin/${program}`, `${bin}/${program}`);
  }
  return bin;
}
