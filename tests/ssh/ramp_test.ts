import { assert, assertEquals } from "@std/assert";
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

/** Everybody who asked, and who was let in. */
function door(ramp: Ramp) {
  const inside: Admission[] = [];
  const ask = (count: number, through?: string) => {
    for (let i = 0; i < count; i++) ramp.enter(through).then((it) => inside.push(it));
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
  ask(40);
  await leave(1, "dropped");
  // 80 were under way, and more than 40 still are.
  assertEquals(inside.length, 79);
});

Deno.test("Ramp goes down to one at a time and up again with every one that comes through", async () => {
  const ramp = new Ramp();
  const { inside, ask, leave } = door(ramp);
  ask(16);
  await settled();
  for (let i = 0; i < 6; i++) await leave(1, "dropped");
  ask(100);
  await leave(inside.length, "failed");
  const least = inside.length;
  assertEquals(least, 1);
  for (let i = 0; i < 40; i++) await leave(1, "opened");
  assert(inside.length > least, `${inside.length} at once after forty came through`);
  assert(inside.length < 16, `${inside.length} at once: too fast`);
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

Deno.test("Ramp lets eight at once through one jump host, and nobody waits for another's", async () => {
  const { inside, ask, leave } = door(new Ramp());
  ask(20, "bastion");
  ask(3, "other");
  ask(2);
  await settled();
  assertEquals(inside.length, 8 + 3 + 2);
  await leave(1, "opened");
  assertEquals(inside.length, 8 + 3 + 2);
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

Deno.test("what keeps this machine from starting ssh is said with what to type", async () => {
  for (const [code, word] of [["EMFILE", "ulimit -n"], ["EAGAIN", "ulimit -u"]] as const) {
    const connect = connector({
      spawn: () => {
        throw Object.assign(new Error("Failed to spawn"), { code });
      },
    });
    const error = await connect(host("lb1")).then(() => undefined, (error) => error);
    assert(error instanceof ConnectError);
    assert(error.message.startsWith('Cannot open a shell on "lb1": this machine'), error.message);
    assert(error.message.includes(word), error.message);
    // Nobody waits for one that never began.
    assertEquals(await connect(host("lb1")).then(() => "", ({ name }) => name), "ConnectError");
  }
});
