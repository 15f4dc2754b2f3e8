/**
 * A controller that is killed, and a host that loses its power, at every point of a change: on each
 * host the set of files is the old or the new one as a whole, the endpoint stands, the next apply
 * converges, and what reads the files does so once.
 */
import { assertEquals } from "@std/assert";
import { type Lab, powerOff, powerOn } from "../../src/lab/mod.ts";
import { assertDisarmed, changed, decided, inside, wholeOf } from "./console.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const ARMED = "/run/dwell";
const MARK = "/run/step-under-way";
const RUN = "/var/lib/holdfast/run";
const CFG = "/etc/haproxy/haproxy.cfg";

/** A point of a change: a program whose call is held open, before or after its work. */
interface Point {
  /** Where it is called. */
  readonly host: "lb1" | "lb2";
  readonly program: string;
  /** Pattern of a shell for its words, with a blank around each. */
  readonly pattern: string;
  readonly when: "before" | "after";
  /** What lb2, which changes first, has in the end. */
  readonly lb2: "old" | "new";
  /** What lb1 has, which holds the address. */
  readonly lb1: "old" | "new";
}

const first = { host: "lb2", lb2: "old", lb1: "old" } as const;

const POINTS: Readonly<Record<string, Point>> = {
  "right after the journal was opened": {
    ...first,
    program: "mktemp",
    pattern: '*" /etc/haproxy/.holdfast."*',
    when: "before",
  },
  "while the set is staged": {
    ...first,
    program: "haproxy",
    pattern: '*" -c "*',
    when: "before",
  },
  "between the two moves": {
    ...first,
    program: "mv",
    pattern: `*" ${CFG} "*`,
    when: "after",
  },
  "before the handler": {
    ...first,
    program: "sync",
    pattern: '*" /etc/keepalived "*',
    when: "after",
  },
  "during the handler": {
    ...first,
    program: "systemctl",
    pattern: '*" reload-or-restart haproxy.service "*',
    when: "after",
  },
  // The word is given to both at the same moment: lb1 has heard it.
  "before the word that it is kept": {
    ...first,
    program: "mv",
    pattern: `*" ${RUN}/committed "*`,
    when: "before",
    lb1: "new",
  },
  "after the word that it is kept": {
    ...first,
    program: "mv",
    pattern: `*" ${RUN}/committed "*`,
    when: "after",
    lb2: "new",
    lb1: "new",
  },
  "between the two hosts": {
    ...first,
    host: "lb1",
    program: "mktemp",
    pattern: `*" ${RUN}.new."*`,
    when: "before",
  },
};

/** Holds the next such call open until its mark goes, and no other: going back calls the same programs. */
async function dwell(lab: Lab, { host, program, pattern, when }: Point): Promise<void> {
  const wait = `case " $* " in ${pattern}) if rm ${ARMED} 2>/dev/null; then touch ${MARK}; i=0
while [ -e ${MARK} ] && [ $i -lt 600 ]; do sleep 0.2; i=$((i + 1)); done; fi ;; esac`;
  const real = (await inside(lab, host, `PATH=/usr/sbin:/usr/bin command -v ${program}`)).trim();
  const text = when === "before" ? `${wait}\nexec ${real} "$@"` : `${real} "$@" || exit\n${wait}`;
  const path = `/usr/local/sbin/${program}`;
  await inside(
    lab,
    host,
    `rm -f ${MARK}; : >${ARMED}; cat >${path} <<'END'\n#!/bin/sh\n${text}\nEND\nchmod 755 ${path}`,
  );
}

/** Takes the slowed program away again. */
async function hurry(lab: Lab, { host, program }: Point): Promise<void> {
  await inside(lab, host, `rm -f /usr/local/sbin/${program} ${MARK} ${ARMED}`);
}

let edition = 10;
/** An inventory that asks for a change of haproxy.cfg and keepalived.conf on both hosts. */
function wish(lab: Lab): Promise<string> {
  edition += 1;
  const endpoint = hf.withEndpoint(`haproxy: { client_timeout: ${edition}m }`);
  const priority = (text: string, host: string, value: number) =>
    text.replace(
      new RegExp(`(${host}: \\{ .*) \\}`),
      `$1, endpoint_host: { priority: ${value} } }`,
    );
  return hf.editInventory(
    lab,
    `killed-${edition}`,
    (text) => priority(priority(endpoint(text), "lb1", 200 + edition), "lb2", 100 + edition),
  );
}

/** Where the journal of a host ends now. */
const cursor = (lab: Lab, host: string) =>
  inside(lab, host, "journalctl -q -n 1 --show-cursor -o cat | sed -n 's/^-- cursor: //p'").then(
    (text) => text.trim(),
  );

/** How often HAProxy has been reloaded since then. */
const reloads = (lab: Lab, host: string, since: string) =>
  inside(
    lab,
    host,
    `journalctl -q -o cat -u haproxy --after-cursor='${since}' | grep -c '^Reloaded' || :`,
  ).then(Number);

/** Ends a run at a point; `how` cuts the power of the host too, or reboots it. */
type How = "killed" | "power" | "reboot";

async function end(lab: Lab, { host }: Point, child: Deno.ChildProcess, how: How): Promise<void> {
  if (how === "power") await powerOff(lab, host);
  if (how === "reboot") {
    await inside(lab, host, "systemctl reboot --force --force").catch(() => {});
  }
  child.kill("SIGKILL");
  if (how === "power") await powerOn(lab, host);
}

/** Asserts what became of both hosts: each is all old or all new, and says so. */
async function assertDecided(
  lab: Lab,
  point: Point,
  before: ReadonlyMap<string, string>,
  inventory: string,
): Promise<void> {
  for (const host of ["lb2", "lb1"] as const) {
    let said = "";
    await hf.eventually(`${host} has decided`, async () => {
      said = await decided(lab, host).catch(() => "open");
      return said !== "open" && (said !== "" || point[host] === "old");
    }, 120_000);
    await assertDisarmed(lab, host);
    if (point[host] === "old") {
      assertEquals(changed(before.get(host) ?? "", await wholeOf(lab, host)), [], host);
      continue;
    }
    assertEquals(said, "committed", host);
    // All of it is there, and what reads it has read it.
    hf.assertExit(await hf.holdfast("check", inventory, { flags: ["--limit", host] }), 0);
  }
}

async function assertSurvives(lab: Lab, point: Point, how: How): Promise<void> {
  const inventory = await wish(lab);
  await dwell(lab, point);
  try {
    await assertWhole(lab, point, how, inventory);
  } finally {
    await hurry(lab, point);
  }
  await assertConverges(lab, point, inventory);
}

/** Ends a run at a point, and asserts that every host is old or new, and the endpoint stands. */
async function assertWhole(lab: Lab, point: Point, how: How, inventory: string): Promise<void> {
  const before = new Map<string, string>();
  for (const { name } of lab.hosts) before.set(name, await wholeOf(lab, name));
  const { child, done } = hf.start("apply", inventory);
  try {
    await hf.eventually(
      "the step is under way",
      async () => await inside(lab, point.host, `[ ! -e ${MARK} ] || echo yes`) === "yes\n",
    );
    await end(lab, point, child, how);
  } finally {
    // It may have ended by itself, where the test fails.
    try {
      child.kill("SIGKILL");
    } catch { /* It has. */ }
    await done;
  }
  await assertDecided(lab, point, before, inventory);
  hf.assertExit(await hf.holdfast("verify", inventory, { flags: ["--wait", "30s"] }), 0);
  assertEquals(await hf.holders(lab), ["lb1"]);
}

/** Applies again, and asserts that this does all that is left, each handler once. */
async function assertConverges(lab: Lab, point: Point, inventory: string): Promise<void> {
  const since = new Map<string, string>();
  for (const { name } of lab.hosts) since.set(name, await cursor(lab, name));
  // What was begun has ended by now: there is no lock to wait for.
  hf.assertExit(await hf.holdfast("apply", inventory, { flags: ["--lock-timeout", "30s"] }), 0);
  for (const name of ["lb1", "lb2"] as const) {
    const due = point[name] === "old" ? 1 : 0;
    assertEquals(await reloads(lab, name, since.get(name) ?? ""), due, `reloads on ${name}`);
  }
  await hf.assertConverged(inventory);
  for (const { name } of lab.hosts) assertEquals(await hf.litter(lab, name), "", name);
}

Deno.test({
  name: "wherever the controller is killed, each host has the old set or the new one",
  ignore,
  fn: (t) =>
    withLab("killed", async (lab) => {
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      for (const [name, point] of Object.entries(POINTS)) {
        await t.step(name, () => assertSurvives(lab, point, "killed"));
      }
    }),
});

const OUTAGES: readonly (readonly [string, How])[] = [
  ["while the set is staged", "power"],
  ["between the two moves", "power"],
  ["before the handler", "reboot"],
  ["during the handler", "power"],
  ["before the word that it is kept", "power"],
];

Deno.test({
  name: "wherever a host loses its power, it comes back with the old set or the new one",
  ignore,
  fn: (t) =>
    withLab("outage", async (lab) => {
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      for (const [name, how] of OUTAGES) {
        const point = POINTS[name];
        if (point === undefined) throw new RangeError(`Cannot find point "${name}"`);
        await t.step(`${how}: ${name}`, () => assertSurvives(lab, point, how));
      }
    }),
});
