/**
 * Sessions against a real sshd, real sudo and a real host.
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConnectError, LinkError } from "../../src/errors.ts";
import type { Host } from "../../src/model.ts";
import { secret } from "../../src/secret.ts";
import { connector } from "../../src/ssh/connect.ts";
import { spawnProgram, type Transport } from "../../src/ssh/transport.ts";
import { labDown, labUp } from "../../src/lab/mod.ts";
import { textOf, until } from "../ssh/shells.ts";
import { labAvailable, labName } from "./helpers.ts";

const ignore = await labAvailable() !== undefined;
const NAME = labName("wire");
const log = () => {};
// One lab for all of them: every test has sessions of its own.
const here = ignore ? undefined : await labUp({ name: NAME, log });
Deno.test.afterAll(async () => {
  if (here !== undefined) await labDown({ name: NAME, log });
});
const ADDRESS = here?.hosts[0]?.address ?? "";
const OTHER = here?.hosts[1]?.address ?? "";
const LAB = here?.stateDir ?? "";

const LB1: Host = {
  name: "lb1",
  address: ADDRESS,
  user: "deploy",
  become: false,
  keyFile: `${LAB}/id_ed25519`,
  sshArgs: ["-o", `UserKnownHostsFile=${LAB}/known_hosts`],
  groups: [],
  vars: {},
};
const ROOT = { ...LB1, become: true };
const ASKER = { ...ROOT, user: "asker" };

function lab(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `lab: ${name}`, ignore, fn });
}

/** Answers of a host, each over a session of its own. */
async function ask(script: string, host = ROOT): Promise<string> {
  await using session = await connector()(host);
  return (await session.run(script)).stdout.trim();
}

lab("connector() opens a shell as the user, and as root through sudo", async () => {
  assertEquals(await ask("id -un", LB1), "deploy");
  assertEquals(await ask('echo "$(id -un) $HOME $(umask)"'), "root /root 0077");
});

lab("run() tells 255 of a script from 255 of ssh", async () => {
  await using session = await connector()(LB1);
  assertEquals((await session.run("exit 255")).code, 255);
  const lost = await assertRejects(() => session.run("kill -KILL $PPID; exit 255"), LinkError);
  assertMatch(lost.message, /^Cannot tell whether request 2 finished on "lb1"/);
});

lab("connector() gives sudo its password", async () => {
  const connect = connector({ sudoPassword: () => secret("asker-pass") });
  await using session = await connect(ASKER);
  const { stdout } = await session.run(
    "id -un; tr '\\0' ' ' </proc/*/cmdline | grep -c asker-pass",
  );
  assertEquals(stdout, "root\n0\n");
  await using quiet = await connect(ROOT); // Does not ask for one.
  assertEquals((await quiet.run("id -un")).stdout, "root\n");
});

lab("connector() says that sudo asks, and that a password is wrong", async () => {
  await assertRejects(() => ask(":", ASKER), ConnectError, "sudo asks for a password: add -K");
  await using session = await connector({ sudoPassword: () => secret("wrong") })(ASKER);
  const error = await assertRejects(() => session.run(":"), ConnectError);
  assert(
    error.message.includes(`(${ADDRESS}) as "asker": sudo did not take the password`),
    error.message,
  );
});

lab("connector() explains what a real ssh says", async () => {
  const reasons: [Partial<Host>, RegExp][] = [
    [{ port: 2298 }, /connection refused/],
    [{ user: "nobody" }, /permission denied \(publickey\).*"nobody"/],
    [{ sshArgs: ["-o", "UserKnownHostsFile=/dev/null"] }, /host key is not in \/dev\/null/],
    [{ keyFile: "/nowhere/key" }, /there is no key file \/nowhere\/key/],
    [{ address: "no-such-host.invalid" }, /does not resolve/],
  ];
  for (const [part, reason] of reasons) {
    const error = await assertRejects(() => ask(":", { ...LB1, ...part }), ConnectError);
    assertMatch(error.message, reason);
  }
});

lab("connector() tells a changed host key", async () => {
  const known = await Deno.makeTempFile();
  const other = textOf(`${LAB}/known_hosts`).split("\n").find((line) => line.startsWith(OTHER));
  await Deno.writeTextFile(known, `${other?.replace(OTHER, ADDRESS)}\n`);
  const sshArgs = ["-o", `UserKnownHostsFile=${known}`];
  const error = await assertRejects(() => ask(":", { ...LB1, sshArgs }), ConnectError);
  assert(error.message.includes(`ssh-keygen -f ${known} -R "${ADDRESS}"`), error.message);
  await Deno.remove(known);
});

lab("run() throws a LinkError when ssh is killed during a request", async () => {
  let ssh: Transport | undefined;
  const connect = connector({ spawn: (args) => ssh = spawnProgram("ssh", args) });
  await using session = await connect(ROOT);
  await session.run(":");
  const step = assertRejects(() => session.run("sleep 611"), LinkError);
  assert(await until(async () => await ask("pgrep -xf 'sleep 611'") !== ""));
  ssh?.kill("SIGKILL");
  await step;
  assert(await until(async () => await ask("pgrep -xf 'sleep 611'") === ""), "the step has ended");
});

for (const host of [LB1, ROOT, { ...ROOT, finish: true }]) {
  const finish = "finish" in host;
  const as = `${host.become ? "through sudo" : "as the user"}${finish ? ", finish" : ""}`;
  lab(`a killed controller ${finish ? "lets" : "ends"} its step (${as})`, async () => {
    const dir = await ask("mktemp -d && chmod 777 /tmp/tmp.*", host);
    const script = `echo $$ >${dir}/pid; while [ ! -e ${dir}/go ]; do echo x; echo y >&2; ` +
      `sleep 0.1; done; head -c 300000 /dev/zero && echo yes >${dir}/done`;
    const plan = { host, script, finish, next: `echo ran >${dir}/next` };
    const controller = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--quiet", "--allow-run=ssh"],
        new URL("../ssh/controller.ts", import.meta.url).pathname,
        JSON.stringify(plan),
      ],
      stdout: "null",
    }).spawn();
    await using watcher = await connector()(ROOT);
    const answer = async (what: string) => (await watcher.run(what)).stdout.trim();
    const begun = await until(async () => await answer(`cat ${dir}/pid`) !== "");
    controller.kill("SIGKILL");
    await controller.status;
    assert(begun, "the step has begun");
    const pid = await answer(`cat ${dir}/pid`);
    const ended = () => answer(`[ -d /proc/${pid} ] || echo ended`);
    if (!finish) assert(await until(async () => await ended() === "ended"), "the step has ended");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await watcher.run(`touch ${dir}/go`);
    assert(await until(async () => await ended() === "ended"));
    assertEquals(await answer(`ls ${dir}`), finish ? "done\ngo\npid" : "go\npid");
    await watcher.run(`rm -rf ${dir}`);
  });
}

lab("20 sessions to one host open at once, past its limit of handshakes", async () => {
  const connect = connector();
  const names = await Promise.all([...Array(20)].map(async () => {
    await using session = await connect(LB1);
    return (await session.run("id -un")).stdout;
  }));
  assertEquals(names, Array(20).fill("deploy\n"));
});
