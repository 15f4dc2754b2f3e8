/**
 * The undo of a drill and the watch over a host, on real hosts: what heals when nobody asks.
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { LinkError } from "../../src/errors.ts";
import {
  type Armed,
  armedProbe,
  armScript,
  disarmScript,
  faultScript,
  healScript,
  parseArmed,
} from "../../src/drills/remote/arm.ts";
import { linkUndo } from "../../src/drills/remote/network.ts";
import { fetchScript, samplerScript, stopSamplerScript } from "../../src/drills/remote/sampler.ts";
import { differences, snapshotScript } from "../../src/drills/remote/snapshot.ts";
import { type Lab, labDown, labUp, openLab, powerOff, powerOn } from "../../src/lab/mod.ts";
import type { ExecResult, Host, Session } from "../../src/model.ts";
import { connector } from "../../src/ssh/connect.ts";
import { labAvailable, labName, withLab } from "./helpers.ts";
import { assertExit, eventually, holdfast, root } from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const NAME = labName("undo");
const log = () => {};
const here = ignore ? undefined : await labUp({ name: NAME, log });
if (here !== undefined) assertExit(await holdfast("apply", here.inventoryFile), 0);
Deno.test.afterAll(async () => {
  if (here !== undefined) await labDown({ name: NAME, log });
});

const LONG = 600_000;
// Nobody else uses it, so that every event of it is ours.
const WATCHED = "10.99.0.1";

function hostOf(lab: Lab, name: string): Host {
  const { address } = lab.hosts.find((host) => host.name === name)!;
  const sshArgs = ["-o", `UserKnownHostsFile=${lab.knownHostsFile}`];
  const login = { user: lab.user, become: true, keyFile: lab.keyFile };
  return { name, address, ...login, sshArgs, groups: [], vars: {} };
}

function test(name: string, fn: (lab: Lab, on: Host) => Promise<void>, host = "lb1"): void {
  Deno.test({ name: `lab: ${name}`, ignore, fn: () => fn(here!, hostOf(here!, host)) });
}

/** Runs a text over a session of its own, as the engine does for a host that it lost. */
async function once(host: Host, script: string): Promise<ExecResult> {
  await using session = await connector()(host);
  return await session.run(script);
}

async function good(session: Session, script: string): Promise<string> {
  const { code, stdout, stderr } = await session.run(script, { timeoutMs: 120_000 });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

async function seen(host: Host): Promise<Armed> {
  return parseArmed((await once(host, armedProbe())).stdout);
}

const healed = (host: Host, by: Armed["healedBy"]) =>
  eventually(`healed by ${by}`, async () => {
    try {
      return (await seen(host)).healedBy === by;
    } catch {
      return false; // It boots, or its link is down.
    }
  });

/** Takes away what a test armed, and asserts that no trace of it is left. */
async function cleared(host: Host, nonce: string): Promise<void> {
  await using session = await connector()(host);
  await good(session, stopSamplerScript(nonce));
  await good(session, disarmScript(nonce));
  const traces = await good(
    session,
    `find / -xdev \\( -name '*holdfast-drill*' -o -path '/var/lib/holdfast/drill*' -o -name '.holdfast.*' \\)
systemctl list-units --all --plain --no-legend 'holdfast-drill*'
ls -d /run/holdfast-drill* 2>/dev/null || :`,
  );
  assertEquals(traces, "");
}

const UNDO = "rm -f /root/broken && echo x >>/root/undone";
const FAULT = "rm -f /root/undone; echo x >/root/broken";
const left = (lab: Lab, host: string) =>
  root(lab, host, "cd /root; ls broken undone 2>/dev/null; cat undone 2>/dev/null || :");

test("a killed controller's host heals, though its step still ran", async (lab, on) => {
  const script = `( ${armScript({ undo: UNDO, deadlineMs: LONG, nonce: "k1" })} ) && ${FAULT}`;
  const plan = { host: on, script, next: "sleep 611" };
  const controller = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--quiet", "--allow-run=ssh"],
      new URL("../ssh/controller.ts", import.meta.url).pathname,
      JSON.stringify(plan),
    ],
    stdout: "null",
  }).spawn();
  try {
    await eventually(
      "armed and broken",
      async () => (await seen(on)).armed && (await left(lab, "lb1")) === "broken\n",
    );
  } finally {
    controller.kill("SIGKILL");
    await controller.status;
  }
  await healed(on, "session");
  assertEquals(await left(lab, "lb1"), "undone\nx\n");
  assertMatch((await seen(on)).record.join(), /^\d+ session try 1 of 60 made it whole$/);
  await cleared(on, "k1");
});

test("the deadline heals while the session lives; a fault after it is refused", async (lab, on) => {
  await using session = await connector()(on);
  await good(session, armScript({ undo: UNDO, deadlineMs: 3000, nonce: "d1" }));
  await good(session, faultScript({ script: FAULT, nonce: "d1" }));
  const other = await session.run(armScript({ undo: ":", deadlineMs: 3000, nonce: "d2" }));
  assertEquals(other.code, 1);
  assertMatch(other.stderr, /the undo of drill d1 is armed and has not run/);
  await healed(on, "deadline");
  const late = await session.run(faultScript({ script: FAULT, nonce: "d1" }));
  assertEquals(late.code, 1);
  assertEquals(await left(lab, "lb1"), "undone\nx\n");
  // What is healed is taken over by the next drill.
  await good(session, armScript({ undo: UNDO, deadlineMs: LONG, nonce: "d2" }));
  await good(session, healScript("d2"));
  assertEquals((await seen(on)).healedBy, "controller");
  await cleared(on, "d2");
});

/** Which boot of a host this is. */
function bootOf(lab: Lab, host: string): Promise<string> {
  return root(lab, host, "cat /proc/sys/kernel/random/boot_id");
}

for (const way of ["power is cut", "host is rebooted"]) {
  test(`the boot heals before the daemons start when the ${way}`, async (lab, on) => {
    const nonce = way === "power is cut" ? "p1" : "b1";
    const cut = way === "power is cut";
    const first = await connector()(on);
    const undo = `${UNDO}; systemctl start keepalived haproxy && systemctl is-active haproxy`;
    await good(first, watching(lab.vip, nonce));
    await good(first, armScript({ undo, deadlineMs: LONG, nonce }));
    await good(first, faultScript({ script: `${FAULT}; sync`, nonce }));
    const before = await bootOf(lab, on.name);
    if (cut) await powerOff(lab, on.name);
    else await first.run("systemctl reboot").catch(() => {});
    await first[Symbol.asyncDispose]();
    if (cut) {
      await eventually("off", async () => await pidOf(lab, on.name) === undefined);
      await powerOn(lab, on.name);
    }
    await eventually("another boot", async () => {
      const now = await bootOf(lab, on.name).catch(() => before);
      return now !== before;
    }, 120_000);
    await healed(on, "boot");
    await using session = await connector()(on);
    assertEquals((await left(lab, on.name)).split("\n").slice(0, 2), ["undone", "x"]);
    // The number of a boot and the times in it: the early run, the daemons, the last run.
    const [early = 0, keepalived = 0, boot = 0] = await Promise.all([
      microseconds(on, "holdfast-drill-early.service", "ExecMainExitTimestampMonotonic"),
      microseconds(on, "keepalived.service", "ExecMainStartTimestampMonotonic"),
      microseconds(on, "holdfast-drill-boot.service", "ExecMainStartTimestampMonotonic"),
    ]);
    assert(0 < early && early < keepalived, `early at ${early}, keepalived at ${keepalived}`);
    assert(keepalived < boot, `boot at ${boot}, keepalived at ${keepalived}`);
    const spool = (await good(session, fetchScript(nonce))).split("\n");
    assertEquals(spool.filter((line) => line.startsWith("boot ")).length, 2);
    assertEquals(spool.filter((line) => line.startsWith("holds ")).length, 2);
    assertEquals(new Set(spool.flatMap((line) => line.match(/^boot .* (.*)$/)?.[1] ?? [])).size, 2);
    assertEquals(spool.some((line) => line.startsWith("end ")), !cut);
    await cleared(on, nonce);
  }, "lb2");
}

test(
  "a link that was down has its addresses and routes back, and nothing is lost of the watch",
  async (lab, on) => {
    await using session = await connector()(on);
    await good(
      session,
      `ip -6 addr add fd00:5::11/64 dev eth0 nodad
ip route add 10.77.0.0/16 via ${lab.hosts[1]!.address}
ip route add 10.78.0.0/16 dev eth0 table 77 metric 5
ip -6 route add fd00:77::/64 via fd00:5::1 dev eth0
ip neigh add ${lab.hosts[1]!.address.replace(/\d+$/, "99")} lladdr 02:00:00:00:00:99 dev eth0`,
    );
    const before = await good(session, snapshotScript([lab.vip]));
    assertMatch(before, /route\tfd00:77::\/64 via fd00:5::1 dev eth0/);
    await good(session, watching(WATCHED, "l1"));
    const { prepare, undo } = linkUndo("eth0", [lab.vip]);
    await good(session, armScript({ undo, deadlineMs: 5000, nonce: "l1" }));
    const events = `sleep 0.2; ip addr add ${WATCHED}/32 dev lo; ip addr del ${WATCHED}/32 dev lo`;
    const script = `${prepare}\nip link set eth0 down; ip -o link show eth0 >/root/link; ${events}`;
    await session.run(faultScript({ script, nonce: "l1" })).catch((error) => {
      assert(error instanceof LinkError, String(error)); // TCP may or may not outlast it.
    });
    await healed(on, "deadline");
    assertEquals((await root(lab, on.name, "cat /root/link")).includes("LOWER_UP"), false);
    await eventually("the host is as it was", async () => {
      const { stdout } = await once(on, snapshotScript([lab.vip]));
      return differences(before, stdout).length === 0;
    });
    const spool = (await once(on, fetchScript("l1"))).stdout;
    assertEquals(addressEvents(spool), ["added", "deleted"]);
    await cleared(on, "l1");
  },
);

function watching(address: string, nonce: string): string {
  return samplerScript({ addresses: [address], stats: "127.0.0.1:8404", counts: true, nonce });
}

/** What came and went; an IPv6 address comes in steps on some kernels, each an event. */
function addressEvents(spool: string): string[] {
  const all = spool.split("\n").filter((line) => line.startsWith("addr ")).map((line) => {
    assertMatch(line, /^addr \[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\] .* inet6? /);
    return line.includes("] Deleted ") ? "deleted" : "added";
  });
  return all.filter((event, i) => event !== all[i - 1]);
}

async function pidOf(lab: Lab, name: string): Promise<number | undefined> {
  return (await openLab(lab.name)).hosts.find((host) => host.name === name)?.pid;
}

async function microseconds(host: Host, unit: string, what: string): Promise<number> {
  return Number((await once(host, `systemctl show -p ${what} --value ${unit}`)).stdout);
}

// iproute2 and systemd of the oldest and the newest release.
for (const suite of ["bullseye", "trixie"] as const) {
  Deno.test({
    name: `${suite}: an undo is armed and healed, and a host is watched`,
    ignore,
    fn: () =>
      withLab(`undo${suite}`, async (lab) => {
        const on = hostOf(lab, "lb1");
        await using session = await connector()(on);
        for (const address of [WATCHED, "fd00:99:0::1"]) {
          const width = address.includes(":") ? 128 : 32;
          const device = `${address}/${width} dev lo`;
          await good(session, watching(address, "s1"));
          await good(
            session,
            // The second one only looks like it.
            `ip addr add ${device}; ip addr add ${address}0/${width} dev lo; ip addr del ${address}0/${width} dev lo; ip addr del ${device}`,
          );
          await eventually("both events are there", async () =>
            addressEvents(await good(session, fetchScript("s1"))).join() === "added,deleted");
          const spool = await good(session, fetchScript("s1"));
          assertMatch(spool, /^boot \d{19} [\d.]+ [-0-9a-f]{36}\nholds \d{19} 0\n/);
          assertMatch(spool, /^up \d{19} 0$/m);
        }
        // A monitor that dies is started again, and what is so is looked at again.
        await good(session, "pkill -xf 'ip -ts -o monitor address'");
        await eventually("it watches again", async () =>
          (await good(session, fetchScript("s1"))).match(/^holds /gm)?.length === 2);
        // It ends by itself, and does not come back at boot.
        await good(
          session,
          `echo "$(($(date +%s) + 2))" >/var/lib/holdfast/drill/sampler/until; systemctl restart holdfast-drill-sampler`,
        );
        await eventually("it has ended by itself", async () =>
          (await session.run("systemctl is-active holdfast-drill-sampler")).stdout !== "active\n");
        assertMatch(await good(session, fetchScript("s1")), /\nend \d{19}\n[^]*\nend \d{19}\n$/);
        const link = "/etc/systemd/system/multi-user.target.wants/holdfast-drill-sampler.service";
        assertEquals((await session.run(`test -L ${link}`)).code, 1);
        const before = await good(session, snapshotScript([WATCHED]));
        await good(session, armScript({ undo: UNDO, deadlineMs: LONG, nonce: "s1" }));
        await good(session, faultScript({ script: FAULT, nonce: "s1" }));
        assertEquals(differences(before, await good(session, snapshotScript([WATCHED]))), []);
        await good(session, healScript("s1"));
        assertEquals(await left(lab, "lb1"), "undone\nx\n");
        await good(session, stopSamplerScript("s1"));
        await good(session, disarmScript("s1"));
        assertEquals(differences(before, await good(session, snapshotScript([WATCHED]))), []);
        await cleared(on, "s1");
      }, { suite, hosts: 1 }),
  });
}
