/**
 * The prober on a deployed lab: what it measures agrees with a second one that shares no code and no
 * clock with it, from here and from a host that is no member.
 * @module
 */
import { assert, assertEquals, assertGreater, assertMatch, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Prober, ProbeRecord, ProbeTarget } from "../../src/drills/model.ts";
import { type Lab, labDown, labUp } from "../../src/lab/mod.ts";
import type { Host } from "../../src/model.ts";
import { probe } from "../../src/prober/mod.ts";
import { labAvailable, labName } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const NAME = labName("probe");
const INTERVAL_MS = 20;
const log = () => {};
const deployed = ignore ? undefined : await deploy();
Deno.test.afterAll(async () => {
  if (deployed !== undefined) await labDown({ name: NAME, log });
});

/** Three hosts, of which the third is no member: it can only ask. */
async function deploy(): Promise<Lab> {
  const lab = await labUp({ name: NAME, hosts: 3, log });
  const inventory = await hf.editInventory(
    lab,
    "members",
    (text) => text.replace(/^ +lb3: .*\n/m, ""),
  );
  hf.assertExit(await hf.holdfast("apply", inventory), 0);
  return lab;
}

/** The longest time without an answer, and how much of it may be the observer's own. */
interface Outage {
  readonly ms: number;
  /** Time that it or its way stood still, sent late, or took longer than usual at either end. */
  readonly ownMs: number;
}

/** One request; all in milliseconds. */
interface Asked {
  readonly sent: number;
  readonly took: number;
  readonly ok: boolean;
}

function outageOf(
  asked: readonly Asked[],
  stalls: readonly { from: number; to: number }[] = [],
): Outage {
  const done = ({ sent, took }: Asked) => sent + took;
  const answers = asked.filter(({ ok }) => ok).sort((a, b) => done(a) - done(b));
  const gaps = answers.slice(1).map((after, i) => ({ before: answers[i] ?? after, after }));
  gaps.sort((a, b) => done(b.after) - done(b.before) - (done(a.after) - done(a.before)));
  const { before, after } = gaps[0] ?? {};
  assert(before !== undefined && after !== undefined, "too few answers");
  const [from, to] = [done(before), done(after)];

  const usual = answers.map(({ took }) => took).sort((a, b) => a - b)[answers.length >> 1] ?? 0;
  const slow = Math.max(0, before.took - usual) + Math.max(0, after.took - usual);
  const sends = asked.map(({ sent }) => sent).filter((at) => at >= before.sent && at <= to)
    .sort((a, b) => a - b);
  const late = sends.slice(1).reduce(
    (sum, at, i) => sum + Math.max(0, at - (sends[i] ?? at) - INTERVAL_MS),
    0,
  );
  const still = stalls.reduce(
    (sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)),
    0,
  );
  return { ms: to - from, ownMs: slow + Math.max(late, still) };
}

function ours({ requests, stalls }: ProbeRecord): Outage {
  return outageOf(
    requests.map(({ at, ms, kind }) => ({ sent: at, took: ms, ok: kind === "ok" })),
    stalls,
  );
}

/** Starts the second prober; gives what it says when it is told to end. */
async function witness(lab: Lab): Promise<() => Promise<Outage>> {
  const url = `https://${lab.vip}:8443/readyz`;
  const args = [
    ...["run", "--no-prompt", "--allow-net", `--allow-read=${lab.caFile}`],
    ...[new URL("./witness.ts", import.meta.url).pathname, url, lab.caFile, String(INTERVAL_MS)],
  ];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" })
    .spawn();
  await delay(1000);
  return async () => {
    await child.stdin.close();
    const { stdout } = await child.output();
    const requests = new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
      const [sent = 0, took = 0, ok = 0] = line.split(" ").map(Number);
      return { sent, took, ok: ok === 1 };
    });
    return outageOf(requests);
  };
}

/**
 * Freezes haproxy on the holder while it is asked, and lets it go on when another one has the address:
 * an outage of many intervals, where an orderly stop may be over before the second request.
 */
async function failover(lab: Lab, prober: Prober): Promise<void> {
  const [holder = "", ...more] = await hf.holders(lab);
  assertEquals(more, []);
  const before = prober.counts().requests;
  await hf.eventually(
    "some answers",
    () => Promise.resolve(prober.counts().requests > before + 30),
  );
  try {
    await hf.root(lab, holder, "systemctl kill -s STOP haproxy");
    await hf.eventually("another holder", async () => {
      const now = await hf.holders(lab);
      return now.length === 1 && now[0] !== holder && await hf.throughVip(lab) === 200;
    });
    // Answers must be seen again before the return begins.
    await delay(1000);
  } finally {
    await hf.root(lab, holder, "systemctl kill -s CONT haproxy");
  }
}

/** Waits until everything is as at the start. */
async function settled(lab: Lab): Promise<void> {
  await hf.eventually("lb1 holds the address", async () => {
    const now = await hf.holders(lab);
    return now.length === 1 && now[0] === "lb1" && await hf.throughVip(lab) === 200;
  });
}

async function target(lab: Lab, from?: Host): Promise<ProbeTarget> {
  return {
    address: lab.vip,
    port: 8443,
    path: "/readyz",
    ca: await Deno.readTextFile(lab.caFile),
    intervalMs: INTERVAL_MS,
    timeoutMs: 1000,
    ...(from === undefined ? {} : { from }),
  };
}

/** A host of the lab as an inventory has it. */
function hostOf(lab: Lab, name: string): Host {
  const found = lab.hosts.find((host) => host.name === name);
  assert(found !== undefined);
  return {
    name,
    address: found.address,
    user: lab.user,
    become: true,
    keyFile: lab.keyFile,
    sshArgs: ["-o", `UserKnownHostsFile=${lab.knownHostsFile}`],
    groups: [],
    vars: {},
  };
}

/** Both measure one failover. Again, twice at most, when what they did themselves is in the way. */
async function assertAgreement(lab: Lab, from?: Host): Promise<void> {
  for (let round = 1;; round++) {
    await settled(lab);
    const end = await witness(lab);
    const prober = await probe(await target(lab, from));
    await failover(lab, prober);
    const record = await prober.stop();
    const [mine, other] = [ours(record), await end()];
    const said = `${JSON.stringify(mine)} and ${JSON.stringify(other)} in round ${round}`;
    console.log(`    outage: ${said}`);
    assertGreater(mine.ms, 10 * INTERVAL_MS, `no outage was seen: ${said}`);
    assertGreater(record.watch.length, 0, "nothing stayed open");
    const differ = Math.abs(mine.ms - other.ms);
    if (differ <= 2 * INTERVAL_MS) return;
    const own = mine.ownMs + other.ownMs;
    if (own > INTERVAL_MS && round < 3) continue;
    return assert(differ <= 2 * INTERVAL_MS + own, `they differ: ${said}`);
  }
}

function lab(name: string, fn: (lab: Lab) => Promise<void>): void {
  Deno.test({ name: `lab: ${name}`, ignore, fn: () => deployed ? fn(deployed) : undefined });
}

lab("the prober and another one measure the same outage", (lab) => assertAgreement(lab));

lab("the prober measures the same outage from another host", async (lab) => {
  await assertAgreement(lab, hostOf(lab, "lb3"));
});

lab("a bad way over another host is a stall, and no outage", async (lab) => {
  await settled(lab);
  const prober = await probe(await target(lab, hostOf(lab, "lb3")));
  const enough = (more: number) => {
    const wanted = prober.counts().requests + more;
    return hf.eventually(
      "more requests",
      () => Promise.resolve(prober.counts().requests >= wanted),
    );
  };
  await enough(20);
  const from = performance.now();
  // Its own sshd stops for a while: all processes of the session, and what forwards.
  await hf.root(lab, "lb3", STOP_FOR_A_WHILE);
  await delay(3000);
  await enough(20);
  const { requests, stalls } = await prober.stop();
  const bad = requests.filter(({ kind, at }) => kind !== "ok" && at >= from);
  assertGreater(bad.length, 0, "the way was never bad");
  for (const { at, ms } of bad) {
    const covered = stalls.some((span) => span.from <= at + ms && span.to >= at);
    assert(covered, `a failure at ${at} for ${ms} ms is outside of ${JSON.stringify(stalls)}`);
  }
});

const STOP_FOR_A_WHILE = `setsid sh -c '
pids=$(pgrep -f "^sshd: deploy@?.*notty" ; pgrep -f "^sshd-session: deploy@?.*notty")
kill -STOP $pids; sleep 2; kill -CONT $pids' </dev/null >/dev/null 2>&1 &`;

lab("a host that forwards nothing is named with what to set", async (lab) => {
  const file = "/etc/ssh/sshd_config.d/00-no-forwarding.conf";
  await hf.root(lab, "lb3", `echo 'AllowTcpForwarding no' >${file}; systemctl reload ssh`);
  try {
    const asked = await target(lab, hostOf(lab, "lb3"));
    const error = await assertRejects(() => probe(asked), Error);
    assertMatch(error.message, /^Cannot ask \S+:8443 from "lb3": .*AllowTcpForwarding local/);
  } finally {
    await hf.root(lab, "lb3", `rm ${file}; systemctl reload ssh`);
  }
});

lab("a host that gives no ssh is named with the reason", async (lab) => {
  const nobody = { ...hostOf(lab, "lb3"), user: "nobody-here" };
  const asked = await target(lab, nobody);
  const error = await assertRejects(() => probe(asked), Error);
  assertMatch(error.message, /"lb3" .*permission denied/);
});
