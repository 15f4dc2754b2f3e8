import { assert, assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import * as lab from "../../src/lab/mod.ts";
import { ask, labAvailable, onHost, traces, tracesOf, withLab } from "./helpers.ts";

const ignore = await labAvailable() !== undefined;
const quiet = { log: () => {} };

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

test("labUp() gives hosts that answer over ssh, with sudo and their own systemd", async () => {
  await withLab("t1", async (one) => {
    for (const { name } of one.hosts) {
      assertEquals((await onHost(one, name, "hostname; sudo id -u")).stdout, `${name}\n0\n`);
      const state = await onHost(one, name, "systemctl is-system-running --wait");
      assertEquals(state.stdout, "running\n");
    }
  });
});

test("labUp() a second time checks the lab and is quick", async () => {
  await withLab("t1", async (one) => {
    const started = performance.now();
    assertEquals(await lab.labUp({ name: "t1", ...quiet }), one);
    assertLess(performance.now() - started, 5000);
    await assertRejects(
      () => lab.labUp({ name: "t1", suite: "trixie", ...quiet }),
      Error,
      "while it is up",
    );
  });
});

test("labUp() gives hosts whose apt reaches the mirror and has not installed what Holdfast installs", async () => {
  await withLab("t1", async (one) => {
    assertEquals((await onHost(one, "lb1", "sudo apt-get update")).code, 0);
    assertEquals((await onHost(one, "lb1", "command -v haproxy keepalived curl")).stdout, "");
    const install =
      "sudo DEBIAN_FRONTEND=noninteractive apt-get install -y haproxy && systemctl is-active haproxy";
    assertMatch((await onHost(one, "lb1", install)).stdout, /\nactive\n$/);
  });
});

test("labUp() gives a user whose sudo asks", async () => {
  await withLab("t1", async (one) => {
    assertEquals((await onHost(one, "lb1", "sudo -n true", "asker")).code, 1);
    const answered = await onHost(one, "lb1", "echo asker-pass | sudo -S id -u", "asker");
    assertEquals(answered.stdout, "0\n");
  });
});

test("labUp() gives API servers that answer over TLS and can be switched, stopped and started", async () => {
  await withLab("t1", async (one) => {
    for (const { name } of one.apiServers) {
      assertEquals(await ask(one, name, "/readyz"), { status: 200, body: "ok" });
    }
    await lab.setReady(one, "m1", 500);
    assertEquals((await ask(one, "m1", "/readyz")).status, 500);
    assertEquals((await ask(one, "m2", "/readyz")).status, 200);
    await lab.stopApiServer(one, "m2");
    await assertRejects(() => ask(one, "m2", "/readyz"), TypeError);
    await lab.startApiServer(one, "m2");
    assertEquals((await ask(one, "m2", "/version")).status, 200);
  });
});

test("powerOff() silences a host at once, and powerOn() brings it back with its disk", async () => {
  await withLab("t1", async (one) => {
    await onHost(one, "lb2", "sudo ip address add 10.88.99.99/32 dev eth0; echo kept > note; sync");
    await lab.powerOff(one, "lb2");
    const off = (await lab.labStatus({ name: "t1" })).hosts[1];
    assertEquals([off?.running, off?.ssh], [false, false]);
    await lab.powerOn(one, "lb2");
    assertEquals(
      (await onHost(one, "lb2", "cat note; ip -br address")).stdout.includes("99.99"),
      false,
    );
    assertEquals((await onHost(one, "lb2", "cat note")).stdout, "kept\n");
  });
});

test("labUp() runs two labs side by side that know nothing of each other", async () => {
  await withLab("t1", async (one) => {
    await withLab("a-longer-name", async (other) => {
      assert(one.subnet !== other.subnet && one.bridge !== other.bridge);
      assertEquals((await onHost(one, "lb1", "hostname")).stdout, "lb1\n");
      assertEquals((await onHost(other, "lb1", "hostname")).stdout, "lb1\n");
    });
    assertEquals((await onHost(one, "lb1", "hostname")).stdout, "lb1\n");
  });
});

test("labUp() twice at the same moment makes two labs with a prefix each", async () => {
  const names = ["t1", "t2"];
  try {
    const labs = await Promise.all(names.map((name) => lab.labUp({ name, ...quiet })));
    assertEquals(new Set(labs.map((one) => one.subnet)).size, 2);
  } finally {
    for (const name of names) await lab.labDown({ name, ...quiet });
  }
});

test("labDown() leaves no trace, and openLab() says that the lab is not up", async () => {
  await withLab("t1", async () => {
    assert(tracesOf("t1", await traces()).length > 10);
  });
  assertEquals(tracesOf("t1", await traces()), []);
  await assertRejects(() => lab.openLab("t1"), Error, 'Cannot open lab "t1": it is not up');
});

for (const afterMs of [150, 250, 400, 600, 800]) {
  test(`labUp() and labDown() clean up after an up that was killed after ${afterMs} ms`, async () => {
    try {
      await killedUp("t3", afterMs);
      await lab.labDown({ name: "t3", ...quiet });
      assertEquals(tracesOf("t3", await traces()), []);
      await killedUp("t3", afterMs);
      const one = await lab.labUp({ name: "t3", ...quiet });
      assertEquals((await onHost(one, "lb2", "hostname")).stdout, "lb2\n");
    } finally {
      await lab.labDown({ name: "t3", ...quiet });
    }
    assertEquals(tracesOf("t3", await traces()), []);
  });
}

async function killedUp(name: string, afterMs: number): Promise<void> {
  const cli = new URL("../../src/lab/cli.ts", import.meta.url).href;
  const program = `import { labCommand } from ${JSON.stringify(cli)};
    await labCommand(["up", "--name", ${JSON.stringify(name)}], { out() {}, err() {} });`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    cwd: new URL("../..", import.meta.url),
    stdout: "null",
    stderr: "null",
  }).spawn();
  // A quick machine may be done by then: what is there is taken over and cleaned up all the same.
  await Promise.race([delay(afterMs), child.status]);
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  await child.status;
}
