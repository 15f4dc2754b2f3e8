import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConnectError, LinkError } from "../../src/errors.ts";
import type { Host } from "../../src/model.ts";
import { secret } from "../../src/secret.ts";
import { type ConnectOptions, connector } from "../../src/ssh/connect.ts";
import { spawnProgram } from "../../src/ssh/transport.ts";
import { alive, textOf, until } from "./shells.ts";

const HOST: Host = {
  name: "lb3",
  address: "10.88.0.13",
  port: 22,
  user: "deploy",
  become: false,
  sshArgs: [],
  groups: [],
  vars: {},
};

// What a real ssh does with its last argument: hands it to the user's login shell.
const LOGIN = 'for last; do :; done; exec sh -c "$last"';

/** A program that stands in for ssh. `DIR` in its text is a folder of its own. */
async function fakeSsh(text: string) {
  const dir = await Deno.makeTempDir();
  const program = async (name: string, body: string) => {
    const script = `#!/bin/sh\nPATH=${dir}:$PATH\n${body.replaceAll("DIR", dir)}\n`;
    await Deno.writeTextFile(`${dir}/${name}`, script, { mode: 0o755 });
  };
  await program("ssh", text);
  const connect = (options: ConnectOptions = {}) =>
    connector({ pauseMs: () => 1, ...options, spawn: (args) => spawnProgram(`${dir}/ssh`, args) });
  return {
    dir,
    program,
    connect,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** The message of the error that a host gives whose ssh says this. */
async function refusal(text: string, host: Partial<Host> = {}): Promise<string> {
  await using ssh = await fakeSsh(text);
  await using session = await ssh.connect()({ ...HOST, ...host });
  const error = await assertRejects(() => session.run(":"), ConnectError);
  assert(!(error instanceof LinkError), "nothing ran on the host");
  return error.message;
}

const OPEN = 'Cannot open a shell on "lb3" (10.88.0.13:22) as "deploy": ';

Deno.test("connector() opens a shell through banners and a noisy login", async () => {
  await using ssh = await fakeSsh(`echo 'sudo: a password is required'; echo BANNER >&2; ${LOGIN}`);
  await using session = await ssh.connect()(HOST);
  assertEquals(await session.run("echo out; exit 255"), { code: 255, stdout: "out\n", stderr: "" });
});

Deno.test("connector() sends the first request without waiting for any answer", async () => {
  // Starts the shell only when the request has come.
  await using ssh = await fakeSsh(`echo x >>DIR/starts
while IFS= read -r l; do printf '%s\\n' "$l"; case $l in hf_run\\ *) break ;; esac; done >DIR/early
{ cat DIR/early; cat; } | sh`);
  await using session = await ssh.connect()(HOST);
  assertEquals((await session.run("echo out")).stdout, "out\n");
  assertEquals([textOf(`${ssh.dir}/starts`), session.roundTrips], ["x\n", 1]);
});

Deno.test("connector() tells a changed host key and what to type", async () => {
  const message = await refusal(
    `cat >&2 <<'X'
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
Offending ED25519 key in /root/.ssh/known_hosts:12
Host key for 10.88.0.13 has changed and you have requested strict checking.
Host key verification failed.
X
exit 255`,
  );
  assert(message.startsWith(`${OPEN}its host key has changed.`), message);
  assert(message.includes('ssh-keygen -f /root/.ssh/known_hosts -R "10.88.0.13"'), message);
});

Deno.test("connector() tells an unknown host key and what to type", async () => {
  const message = await refusal(
    "echo 'No ED25519 host key is known for [10.88.0.13]:2222 and you have' >&2; exit 255",
    { port: 2222, sshArgs: ["-oUserKnownHostsFile=/lab/known"] },
  );
  assert(message.includes("its ED25519 host key is not in /lab/known"), message);
  assert(message.includes("ssh-keyscan -p 2222 10.88.0.13 >> /lab/known"), message);
});

const REFUSALS = {
  "deploy@10.88.0.13: Permission denied (publickey).": 'permission denied (publickey): .*"deploy"',
  "ssh: connect to host 10.88.0.13 port 22: Connection refused": "connection refused",
  "ssh: connect to host 10.88.0.13 port 22: Connection timed out": "the connection timed out",
  "ssh: Could not resolve hostname lb3: Name or service not known": "does not resolve",
  "ssh: connect to host 10.88.0.13 port 22: No route to host": "there is no route to it",
  "This account is currently not available.": "the login shell of this user runs nothing",
  "sudo: a password is required": "sudo asks for a password: add -K",
  "deploy is not in the sudoers file.": 'user "deploy" may not use sudo',
  "sudo: sorry, you must have a tty to run sudo": "sudo wants a terminal",
  "bash: line 1: exec: sudo: not found": "there is no sudo on it",
  "holdfast: this host has no program setsid": "this host has no program setsid",
} as const;

for (const [said, reason] of Object.entries(REFUSALS)) {
  Deno.test(`connector() explains: ${JSON.stringify(said)}`, async () => {
    const message = await refusal(`cat >&2 <<'X'\n${said}\nX\nexit 255`);
    assert(message.startsWith(OPEN), message);
    assertMatch(message, new RegExp(reason.replace(/\((.*?)\)/, "\\($1\\)")));
  });
}

for (
  const said of [
    "Something else \x1b[31mred",
    "client_loop: send disconnect: Broken pipe",
    "Timeout, server 10.88.0.13 not responding.",
    "Read from remote host 10.88.0.13: Connection timed out",
    "Connection to 10.88.0.13 closed by remote host.",
  ]
) {
  Deno.test(`connector() denies nothing when ssh ends with ${JSON.stringify(said)}`, async () => {
    await using ssh = await fakeSsh(`cat >&2 <<'X'\n${said}\nX\nexit 255`);
    await using session = await ssh.connect()(HOST);
    const { message } = await assertRejects(() => session.run(":"), LinkError);
    assert(message.startsWith(OPEN), message);
    assert(message.endsWith("; whether request 1 ran there is not known"), message);
    assertEquals(message.includes("\x1b"), false);
  });
}

const KEX = "echo 'kex_exchange_identification: read: Connection reset by peer' >&2; exit 255";

Deno.test("connector() tries again when the handshake was refused, and sends all again", async () => {
  await using ssh = await fakeSsh(
    `echo x >>DIR/tries; [ "$(grep -c x DIR/tries)" -ge 3 ] || { ${KEX}; }; ${LOGIN}`,
  );
  await using session = await ssh.connect()(HOST);
  assertEquals((await session.run("echo out")).stdout, "out\n");
  assertEquals(session.roundTrips, 1);
});

Deno.test("connector() gives up after six refused handshakes", async () => {
  await using ssh = await fakeSsh(`echo x >>DIR/tries; ${KEX}`);
  await using session = await ssh.connect()(HOST);
  await assertRejects(() => session.run(":"), ConnectError, "dropped the connection");
  assertEquals(textOf(`${ssh.dir}/tries`), "x\n".repeat(6));
});

Deno.test("connector() does not try again behind a jump host that says no", async () => {
  await using ssh = await fakeSsh(
    `echo x >>DIR/tries; echo 'ops@jump: Permission denied (publickey).' >&2; ${KEX}`,
  );
  await using session = await ssh.connect()(HOST);
  await assertRejects(() => session.run(":"), ConnectError, "permission denied");
  assertEquals(textOf(`${ssh.dir}/tries`), "x\n");
});

Deno.test("run() throws a LinkError with the words of ssh when it ends during a request", async () => {
  await using ssh = await fakeSsh(
    'for last; do :; done; echo $$ >DIR/pid; sh -c "$last"; exit 255',
  );
  await using session = await ssh.connect()(HOST);
  await session.run(":");
  const script = "echo 'Timeout, server 10.88.0.13 not responding.' >&2; sleep 90";
  const lost = assertRejects(() => session.run(script, { finish: false }), LinkError);
  await until(() => textOf(`${ssh.dir}/pid`) !== "");
  Deno.kill(Number(textOf(`${ssh.dir}/pid`)), "SIGKILL");
  const error = await lost;
  assertMatch(error.message, /^Cannot tell whether request 2 finished on "lb3": the link was lost/);
});

Deno.test("run() throws a ConnectError when ssh hangs, and ends it", async () => {
  await using ssh = await fakeSsh("echo $$ >DIR/pid; trap '' TERM; exec sleep 90");
  const { openSession } = await import("../../src/ssh/session.ts");
  const session = await openSession("lb3", () => spawnProgram(`${ssh.dir}/ssh`, []), {
    helloMs: 500,
  });
  const error = await assertRejects(() => session.run(":"), ConnectError);
  assertMatch(error.message, /no answer from a shell within 1 s/);
  assert(await until(() => !alive(Number(textOf(`${ssh.dir}/pid`)))));
});

Deno.test("connector() says when there is no ssh", async () => {
  const connect = connector({ spawn: (args) => spawnProgram("/nowhere/ssh", args) });
  await assertRejects(() => connect(HOST), ConnectError, "there is no ssh on this machine");
});

// Asks until it hears "right", as sudo -S does, and then runs what follows `--`.
const SUDO = `while [ "$1" != -- ]; do [ "$1" = -p ] && p=$2; shift; done; shift
echo "$*" >>DIR/argv
for i in 1 2 3; do printf %s "$p" >&2; IFS= read -r x || exit 1; echo "$x" >>DIR/given
[ "$x" = right ] && exec "$@"; echo 'Sorry, try again.' >&2; done; exit 1`;
const BECOME = { ...HOST, become: true };

Deno.test("connector() gives sudo the password once it asks, by its input alone", async () => {
  await using ssh = await fakeSsh(`echo "$*" >>DIR/argv; ${LOGIN}`);
  await ssh.program("sudo", SUDO);
  await using session = await ssh.connect({ sudoPassword: () => secret("right") })(BECOME);
  assertEquals(await session.run("echo out; cat"), { code: 0, stdout: "out\n", stderr: "" });
  assertEquals(textOf(`${ssh.dir}/given`), "right\n");
  assert(!textOf(`${ssh.dir}/argv`).includes("right"));
});

Deno.test("connector() gives a wrong password once and says so", async () => {
  await using ssh = await fakeSsh(LOGIN);
  await ssh.program("sudo", SUDO);
  await using session = await ssh.connect({ sudoPassword: () => secret("wrong") })(BECOME);
  const error = await assertRejects(() => session.run(":"), ConnectError);
  assertMatch(error.message, /sudo did not take the password/);
  assert(!error.message.includes("wrong"));
  assertEquals(textOf(`${ssh.dir}/given`), "wrong\n");
});

Deno.test("connector() keeps the password when sudo does not ask, or something else does", async () => {
  await using ssh = await fakeSsh(`echo 'Password:' >&2; ${LOGIN}`);
  await ssh.program("sudo", `while [ "$1" != -- ]; do shift; done; shift; exec "$@"`);
  await using session = await ssh.connect({ sudoPassword: () => secret("right") })(BECOME);
  assertEquals((await session.run("cat; echo out")).stdout, "out\n");
});
