import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/errors.ts";
import type { Host } from "../../src/model.ts";
import { connector } from "../../src/ssh/connect.ts";
import { type Admission, type Outcome, Ramp } from "../../src/ssh/ramp.ts";
import { spawnProgram } from "../../src/ssh/transport.ts";

const host = (name: string, sshArgs: readonly string[] = []): Host => ({
  name,
  address: name,
  become: false,
  sshArgs,
  groups: [],
  vars: {},
});

/** What ssh says when sshd turns it away. */
const DROPPED = "echo 'kex_exchange_identification: read: Connection reset by peer' >&2; exit 255";

/** Everybody who asked, and who was let in; each through a door of its own where none is named. */
function door(ramp: Ramp) {
  const inside: Admission[] = [];
  let doors = 0;
  const ask = (count: number, through?: string) => {
    for (let i = 0; i < count; i++) {
      ramp.enter(through ?? `door ${doors++}`).then((it) => inside.push(it));
    }
  };
  const leave = async (count: number, outcome: Outcome) => {
    for (const it of inside.splice(0, count)) it.done(outcome);
    await settled();
  };
  return { inside, ask, leave };
}

/** Whoever may go in has gone in. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("Ramp lets all begin at once, until one is dropped: then half as many", async () => {
  const { inside, ask, leave } = door(new Ramp());
  ask(40);
  await settled();
  assertEquals(inside.length, 40);
  await leave(1, "dropped");
  ask(40);
  await leave(19, "failed");
  assertEquals(inside.length, 20);
  await leave(1, "failed");
  assertEquals(inside.length, 20);
});

Deno.test("Ramp halves once for a burst, goes down to four, and up with those that come through", async () => {
  const { inside, ask, leave } = door(new Ramp());
  ask(16);
  await settled();
  // All of them had begun before the first was dropped.
  await leave(6, "dropped");
  ask(1000);
  await leave(10, "failed");
  assertEquals(inside.length, 8);
  for (let i = 0; i < 20; i++) await leave(1, "dropped");
  await leave(inside.length, "failed");
  assertEquals(inside.length, 4);
  await leave(4, "opened");
  assertEquals(inside.length, 4);
  await leave(5, "opened");
  assertEquals(inside.length, 5);
  for (let i = 0; i < 100; i++) await leave(1, "opened");
  assert(inside.length > 10 && inside.length < 20, `${inside.length} at once`);
});

Deno.test("Ramp never stands still, however many are dropped", async () => {
  const { inside, ask, leave } = door(new Ramp());
  ask(50);
  await settled();
  let through = 0;
  while (inside.length > 0) {
    through += inside.length;
    await leave(inside.length, "dropped");
  }
  assertEquals(through, 50);
});

Deno.test("Ramp lets eight at once through one door, and nobody waits for another's", async () => {
  const { inside, ask, leave } = door(new Ramp());
  ask(20, "bastion");
  ask(3, "other");
  ask(2);
  await settled();
  assertEquals(inside.length, 8 + 3 + 2);
  await leave(1, "opened");
  assertEquals(inside.length, 8 + 3 + 2);
});

Deno.test("Ramp lets in first who is in a hurry", async () => {
  const ramp = new Ramp();
  const { ask, inside } = door(ramp);
  ask(12, "bastion");
  await settled();
  let hurried = false;
  ramp.enter("bastion", true).then(() => hurried = true);
  inside.shift()?.done("opened");
  await settled();
  assertEquals([hurried, inside.length], [true, 7]);
});

Deno.test("connector() starts no more than eight ssh at once through one jump host", async () => {
  const dir = await Deno.makeTempDir();
  try {
    // Greets at once as a host does, and counts how many had not come so far.
    const ssh = `#!/bin/sh
echo begin >>${dir}/log
sleep 0.2
for last; do :; done
echo end >>${dir}/log
exec sh -c "$last"
`;
    await Deno.writeTextFile(`${dir}/ssh`, ssh, { mode: 0o755 });
    const connect = connector({ spawn: (args) => spawnProgram(`${dir}/ssh`, args) });
    const hosts = Array.from({ length: 24 }, (_, i) => host(`h${i}`, ["-J", "bastion"]));
    await Promise.all(hosts.map(async (it) => {
      await using session = await connect(it);
      assertEquals((await session.run("echo hello")).stdout, "hello\n");
    }));
    let [under, most] = [0, 0];
    for (const line of (await Deno.readTextFile(`${dir}/log`)).trim().split("\n")) {
      under += line === "begin" ? 1 : -1;
      most = Math.max(most, under);
    }
    assert(most <= 8, `${most} at once`);
    assert(most > 1, "one after the other");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("what keeps this machine from starting ssh is said, also at another try, and keeps nobody out", async () => {
  for (const [code, word] of [["EMFILE", "ulimit -n"], ["EAGAIN", "ulimit -u"]] as const) {
    let starts = 0;
    const connect = connector({
      pauseMs: () => 1,
      spawn: () => {
        if (starts++ % 2 === 0) return spawnProgram("sh", ["-c", DROPPED]);
        throw Object.assign(new Error("Failed to spawn"), { code });
      },
    });
    // More than there is room for once some were dropped.
    for (let i = 0; i < 10; i++) {
      await using session = await connect(host("lb1"));
      const { message } = await assertRejects(() => session.run(":"), ConnectError);
      assert(message.startsWith('Cannot open a shell on "lb1": this machine lets'), message);
      assert(message.includes(word), message);
    }
    assertEquals(starts, 20);
  }
});

Deno.test("a machine with too few open files says so for each host that it has no room for", async () => {
  const script = new URL("short_of_files.ts", import.meta.url).pathname;
  const words = ["run", "--no-prompt", "--allow-all", script];
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 80; exec "$0" "$@"', Deno.execPath(), ...words],
    stdout: "piped",
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals([code, lines.length], [0, 40]);
  const open = lines.filter((line) => line === "hello").length;
  assert(open > 3 && open < 40, `${open} were open`);
  const rest = lines.filter((line) => line !== "hello");
  assertEquals(rest.filter((line) => !line.includes("ulimit -n 4096")), []);
});
