import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConnectError, LinkError, TaskError } from "../../src/errors.ts";
import { localTransport } from "../../src/ssh/local.ts";
import { openSession } from "../../src/ssh/session.ts";
import { alive, open, SHELLS, textOf, until } from "./shells.ts";

for (const [name, shell] of Object.entries(SHELLS)) {
  const test = (what: string, run: () => Promise<void>) => Deno.test(`${name}: ${what}`, run);

  test("run() gives the exit code and both streams", async () => {
    await using session = await open(shell);
    assertEquals(await session.run("echo out; echo err >&2; exit 3"), {
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    assertEquals((await session.run("exit 255")).code, 255);
    assertEquals(await session.run("printf 'no newline'"), {
      code: 0,
      stdout: "no newline",
      stderr: "",
    });
    assertEquals(session.roundTrips, 3);
  });

  test("run() survives whatever a script does to its shell", async () => {
    await using session = await open(shell);
    const scripts = [
      ["fi", "yntax"],
      ["echo 'open", "nterminated|EOF"],
      ["set -e; false; echo not reached", "^$"],
      ["set -u; echo $nothing_of_the_kind", "nothing_of_the_kind"],
      ["exec </nowhere", "nowhere"],
      ["kill -KILL $$", "^$"],
      ["}; echo not reached", "yntax"],
    ] as const;
    for (const [script, stderr] of scripts) {
      const result = await session.run(script);
      assert(result.code !== 0, script);
      assertEquals(result.stdout, "", script);
      assertMatch(result.stderr, new RegExp(stderr), script);
    }
    assertEquals(
      (await session.run("cat; read -r x || echo end of input")).stdout,
      "end of input\n",
    );
    assertEquals((await session.run("echo a # comment")).stdout, "a\n");
    assertEquals((await session.run("cat <<X\nopen")).stdout.trim(), "open");
    assertEquals((await session.run("exec 1>&-; exec 2>&-; exit 9")).code, 9);
    assertEquals((await session.run("")).code, 0);
    assertEquals((await session.run("echo still here")).stdout, "still here\n");
  });

  test("run() leaves nothing of one script to the next", async () => {
    await using session = await open(shell);
    await session.run("X=1; export X; cd /tmp; umask 0; trap 'echo trap' EXIT");
    const { stdout } = await session.run('echo "${X-unset} $PWD $(umask) $LC_ALL"; cat <&7');
    assertEquals(stdout, "unset / 0077 C\n");
  });

  test("run() carries 300 kB of script and 20 MB of any bytes", async () => {
    await using session = await open(shell);
    const word = "it's ü ".repeat(40_000);
    const echo = await session.run(`printf %s '${word.replaceAll("'", `'\\''`)}'`);
    assertEquals(echo.stdout === word, true);
    const zeros = await session.run("head -c 20000000 /dev/zero");
    assertEquals(zeros.stdout.length, 20_000_000);
    assertEquals((await session.run(String.raw`printf 'a\000b\377c'`)).stdout, "a\0b\ufffdc");
  });

  test("run() cannot be fooled by a script that prints markers", async () => {
    await using session = await open(shell);
    const fake = String.raw`printf '\036%032d end 1 0 0\n' 0`;
    const result = await session.run(`${fake}; ${fake} >&2; env; exit 4`);
    assertEquals(result.code, 4);
    assert(result.stdout.startsWith(`\x1e${"0".repeat(32)} end 1 0 0\n`));
    assert(!/hf_/.test(result.stdout), "the environment tells nothing of the session");
  });

  test("run() does not wait for a daemon that keeps the output open", async () => {
    await using session = await open(shell);
    const { stdout } = await session.run("sleep 90 & echo $!");
    assert(alive(Number(stdout)), "the daemon lives on");
    Deno.kill(Number(stdout), "SIGKILL");
  });

  test("run() ends the whole process group when time is up", async () => {
    await using session = await open(shell);
    const file = await Deno.makeTempFile();
    const stubborn = `sh -c 'trap : TERM; echo $$ >>${file}; while :; do sleep 1; done' &`;
    const result = await session.run(`${stubborn} sleep 90 & echo $! >>${file}; sleep 90`, {
      timeoutMs: 1000,
    });
    assertEquals(result.timedOut, true);
    const pids = textOf(file).trim().split("\n").map(Number);
    assertEquals(pids.length, 2);
    assert(await until(() => !pids.some(alive)), "nobody is left");
    assertEquals(await session.run("echo next"), { code: 0, stdout: "next\n", stderr: "" });
    await Deno.remove(file);
  });

  test("run() with finish gives the same answers, and leaves no file", async () => {
    await using session = await open(shell);
    const script = "echo out; echo err >&2; ls -a /run | grep '^[.]holdfast-'; exit 3";
    assertEquals(await session.run(script, { finish: true }), {
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    assertEquals(
      (await session.run("sleep 90", { finish: true, timeoutMs: 1000 })).timedOut,
      true,
    );
  });

  test("cancel() ends a step, and the session goes on", async () => {
    await using session = await open(shell);
    const file = await Deno.makeTempFile();
    const step = session.run(`echo $$ >${file}; exec sleep 90`);
    assert(await until(() => textOf(file) !== ""));
    session.cancel();
    assertEquals((await step).code, 143);
    assertEquals((await session.run("echo next")).stdout, "next\n");
    session.cancel(); // Too late for anything: harmless.
    assertEquals((await session.run("echo next")).stdout, "next\n");
    const early = session.run("exec sleep 90");
    await Promise.resolve(); // The request has been sent and the step has not begun.
    session.cancel();
    assertEquals((await early).code, 143);
    await Deno.remove(file);
  });

  test("run() stops a script that writes without end", async () => {
    await using session = await open(shell, { limitBytes: 1_000_000 });
    const error = await assertRejects(() => session.run("yes"), TaskError);
    assertEquals(
      error.message,
      "Cannot keep the output of request 1: it is larger than 1000000 bytes",
    );
    assertEquals((await session.run("echo next")).stdout, "next\n");
  });

  test("a controller that is killed ends its step, and the next never starts", async () => {
    const { dir, mark } = await killedController(shell, {
      first: "echo $$ >MARK/pid; sleep 90 & echo $! >MARK/child; wait",
      finish: false,
    });
    const pids = [mark("pid"), mark("child")].map(Number);
    assert(await until(() => !pids.some(alive)), "the step and its child have ended");
    await until(() => mark("next") !== "", 500);
    assertEquals(mark("next"), "");
    await Deno.remove(dir, { recursive: true });
  });

  test("a step that must finish does, whatever it prints to a dead link", async () => {
    const { dir, mark } = await killedController(shell, {
      first:
        "echo $$ >MARK/pid; while [ ! -e MARK/go ]; do echo x; echo y >&2; sleep 0.05; done; " +
        "head -c 300000 /dev/zero && echo yes >MARK/done",
      finish: true,
    });
    await Deno.writeTextFile(`${dir}/go`, "");
    assert(await until(() => mark("done") === "yes\n"), "it ran to its end");
    assert(await until(() => !alive(Number(mark("pid")))));
    await until(() => mark("next") !== "", 500);
    assertEquals(mark("next"), "");
    await Deno.remove(dir, { recursive: true });
  });

  test("a request that was cut on its way never runs, wherever it was cut", async () => {
    const dir = await Deno.makeTempDir();
    // Written by hand: the pieces of a request, none of them whole.
    const { helperText, requestText } = await import("../../src/ssh/helper.ts");
    const script = `touch ${dir}/a; echo 'x' >${dir}/b`;
    const line = requestText({ seq: 1, script, timeoutS: 60, finish: false });
    for (let kept = 0; kept < line.length - 2; kept += 3) {
      const { argv } = shell;
      const child = localTransport(argv);
      const writer = child.stdin.getWriter();
      await writer.write(
        new TextEncoder().encode(helperText("n", shell.shell) + line.slice(0, kept)),
      );
      await writer.close();
      await Promise.all([child.status, child.stdout.cancel(), child.stderr.cancel()]);
    }
    assertEquals([...Deno.readDirSync(dir)], []);
    await Deno.remove(dir);
  });
}

/** Starts a program that runs two requests, kills it during the first. */
async function killedController(
  shell: { argv: readonly string[]; shell: string },
  { first, finish }: { first: string; finish: boolean },
) {
  const dir = await Deno.makeTempDir();
  const script = first.replaceAll("MARK", dir);
  const controller = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--quiet", "--allow-run"],
      new URL("./controller.ts", import.meta.url).pathname,
      JSON.stringify({ ...shell, script, finish, next: `echo ran >${dir}/next` }),
    ],
    stdin: "null",
    stdout: "null",
  }).spawn();
  const mark = (name: string) => textOf(`${dir}/${name}`);
  const begun = await until(() => mark("pid") !== "" && (finish || mark("child") !== ""));
  controller.kill("SIGKILL");
  await controller.status;
  assert(begun, "the first step has begun");
  return { dir, mark };
}

const DASH = { argv: ["sh"], shell: "/bin/sh" };

Deno.test("run() throws a LinkError when the shell dies during a request", async () => {
  await using session = await open(DASH);
  await session.run(":");
  const error = await assertRejects(() => session.run("kill -KILL $PPID; sleep 90"), LinkError);
  assertMatch(
    error.message,
    /^Cannot tell whether request 2 finished on "local": the link was lost after \d+\.\d s: .*SIGKILL/,
  );
  const after = await assertRejects(() => session.run(":"), ConnectError);
  assertMatch(
    after.message,
    /^Cannot run on "local": the link was lost earlier: it was ended by SIGKILL/,
  );
});

Deno.test("run() throws a LinkError when a host is silent past the deadline", async () => {
  await using session = await open(DASH, { graceMs: 200 });
  await session.run(":");
  const stopped = session.run("kill -STOP $PPID; sleep 90", { timeoutMs: 1000 });
  const error = await assertRejects(() => stopped, LinkError, "no answer came in time");
  assertEquals(error.host, "local");
});

Deno.test("run() throws a ConnectError when there is no shell", async () => {
  await using session = await openSession("local", localTransport(["sh", "-c", "echo why >&2"]));
  const error = await assertRejects(() => session.run(":"), ConnectError);
  assertEquals(error.message, 'Cannot open a shell on "local": it ended with 0; last words: why');
  assert(!(error instanceof LinkError));
});

Deno.test("run() drops what a login prints before the shell", async () => {
  const noisy = 'yes "banner" | head -c 300000; echo warn >&2; exec sh';
  await using session = await openSession("local", localTransport(["sh", "-c", noisy]));
  assertEquals(await session.run("echo out"), { code: 0, stdout: "out\n", stderr: "" });
});

Deno.test("nobody else can read the nonce or the script", async () => {
  const local = localTransport(DASH.argv);
  const spy = new TransformStream<Uint8Array, Uint8Array>();
  const [sent, copy] = spy.readable.tee();
  const piped = sent.pipeTo(local.stdin).catch(() => {});
  const { stdout, stderr, status } = local;
  const kill = local.kill.bind(local);
  const text = new Response(copy).text();
  {
    await using session = await openSession("local", {
      ...{ stdin: spy.writable, stdout, stderr, status, kill },
    });
    const step = session.run("sleep 90; : canary-in-a-script");
    const pids = () =>
      [...Deno.readDirSync("/proc")].map((e) => e.name).filter((n) => /^\d+$/.test(n));
    const seen = () =>
      pids().map((p) => textOf(`/proc/${p}/cmdline`) + textOf(`/proc/${p}/environ`));
    assert(await until(() => seen().some((text) => text.startsWith("sleep\x0090"))));
    const all = seen().join("\n");
    session.cancel();
    await step;
    await session[Symbol.asyncDispose]();
    await piped;
    const nonce = /hf_n=(\w{32})/.exec(await text)?.[1] ?? "none";
    assert(nonce !== "none" && !all.includes(nonce) && !all.includes("canary-in-a-script"));
  }
});

Deno.test("run() queues: requests of one session never overlap", async () => {
  await using session = await open(DASH);
  const dir = await Deno.makeTempDir();
  const script = `mkdir ${dir}/one || exit 1; sleep 0.02; rmdir ${dir}/one`;
  const results = await Promise.all([...Array(10)].map(() => session.run(script)));
  assertEquals(results.map((r) => r.code), Array(10).fill(0));
  await Deno.remove(dir);
});

Deno.test("a session that is disposed ends its process and its step", async () => {
  const file = await Deno.makeTempFile();
  const session = await open(DASH);
  const step = session.run(`echo $$ >${file}; sleep 90`).catch((error) => error);
  assert(await until(() => textOf(file) !== ""));
  await session[Symbol.asyncDispose]();
  // The last answer may be faster than the end, or not.
  const end = await step;
  assert(end instanceof LinkError || end.code === 143);
  assert(await until(() => !alive(Number(textOf(file)))));
  await assertRejects(() => session.run(":"), ConnectError);
  await session[Symbol.asyncDispose](); // Twice is fine.
  await Deno.remove(file);
});

Deno.test("a session that is disposed at once leaves nothing behind", async () => {
  for (let i = 0; i < 5; i++) {
    await using _session = await open(DASH);
  }
});
