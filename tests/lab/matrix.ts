/**
 * Runs points of the fault matrix against real hosts.
 * @module
 */
import { type Lab, powerOff, powerOn } from "../../src/lab/mod.ts";
import { until } from "../../src/lab/process.ts";
import { saidBy } from "../matrix/expectations.ts";
import * as hf from "./holdfast.ts";
import { watchHolders } from "./matrix_holders.ts";
import { type Hold, HOLDS, type LabPoint, type Strike, type Trouble } from "./matrix_points.ts";
import { troubleTexts } from "./matrix_trouble.ts";
import { below } from "./processes.ts";

const MARK = "/run/step-under-way";
const SHIMS = "/usr/local/sbin/haproxy /usr/local/sbin/mv /usr/local/sbin/systemctl";

/** What became of a point. */
export interface LabOutcome {
  /** Which one. */
  readonly point: LabPoint;
  /** What does not hold; none: it passed. */
  readonly wrong: readonly string[];
  /** Exit code of the run that met it. */
  readonly code: number;
  /** How long all of it took. */
  readonly ms: number;
}

const LINK = /link was lost|Cannot open a shell|no answer from|no route to it|timed out/i;
const FULL = /No space left|disk (is )?full/i;
const READ_ONLY = /Read-only file system/i;

/** What the message about a fault must name. */
const CAUSES: Readonly<Record<string, RegExp>> = {
  "ssh SIGKILL": /SIGKILL|link was lost/,
  "link dropped": LINK,
  "remote shell SIGKILL": LINK,
  "host power-off": LINK,
  "disk full": FULL,
  "state disk full": FULL,
  "disk read-only": READ_ONLY,
  "state disk read-only": READ_ONLY,
  "haproxy refuses": /moon phase is wrong/,
  "haproxy dies": /haproxy[^]*(not running|139|still runs|failed|inactive|activating)/i,
  "keepalived dies": /keepalived[^]*(not running|139|ended over|failed|inactive|activating)/i,
  "dpkg locked": /unattended-upgr[^]*lock|lock[^]*unattended-upgr/i,
};

/** Makes a program on lb1 dwell over some calls until its mark goes. */
async function hold(lab: Lab, { program, pattern, when }: Hold): Promise<void> {
  // Once: what undoes the step comes by as well, and nothing holds that.
  const wait = `case " $* " in ${pattern}) if mkdir ${MARK}.once 2>/dev/null; then
touch ${MARK}; i=0
while [ -e ${MARK} ] && [ $i -lt 600 ]; do sleep 0.2; i=$((i + 1)); done; fi ;; esac`;
  const real = (await hf.root(lab, "lb1", `PATH=/usr/sbin:/usr/bin command -v ${program}`)).trim();
  const text = when === "before" ? `${wait}\nexec ${real} "$@"` : `${real} "$@" || exit\n${wait}`;
  const path = `/usr/local/sbin/${program}`;
  const written = `cat > ${path} <<'END'\n#!/bin/sh\n${text}\nEND\nchmod 755 ${path}`;
  await hf.root(lab, "lb1", `rm -rf ${MARK} ${MARK}.once; ${written}`);
}

/** Files of every host with modes and owners, as texts that are the same when they are. */
async function allFiles(lab: Lab): Promise<Record<string, string>> {
  const paths = `${hf.STANDARD_FILES} /etc/sysctl.d/60-holdfast-*`;
  const look = `stat -c '%n %a %U:%G' ${paths}; sha256sum ${paths}`;
  const found = await Promise.all(
    lab.hosts.map(async ({ name }) => [name, await hf.root(lab, name, look)] as const),
  );
  return Object.fromEntries(found);
}

// A unit of a run that waits, the process that has the lock, and a step that was held open.
const BUSY =
  `systemctl list-units --no-legend --state=running,activating,start 'holdfast*' 2>/dev/null
if [ -r /run/holdfast/lock ] && read -r pid _ </run/holdfast/lock && [ -d "/proc/$pid" ]; then echo "lock $pid"; fi
pgrep -af '^/bin/sh /usr/local/sbin/(haproxy|mv|systemctl) ' || :`;

/** Waits until nothing of a run is left on the hosts; gives what never ends. */
async function settled(lab: Lab): Promise<string[]> {
  let busy: string[] = [];
  let quiet = 0;
  await until(
    async () => {
      const said = await Promise.all(
        lab.hosts.map(async ({ name }) =>
          (await hf.root(lab, name, BUSY)).split("\n").filter((line) => line !== "")
            .map((line) => `${name}: ${line}`)
        ),
      );
      busy = said.flat();
      quiet = busy.length === 0 ? quiet + 1 : 0;
      // Twice, because whoever ends may have just started who goes on.
      return quiet >= 2;
    },
    90_000,
    200,
  );
  return busy.map((line) => `still there after 90 s: ${line}`);
}

/** Lets something happen to a run that is held open. */
async function strike(lab: Lab, what: Strike, { child }: hf.Started): Promise<void> {
  switch (what) {
    case "controller SIGKILL":
      return child.kill("SIGKILL");
    case "ssh SIGKILL":
      return Deno.kill(await sshOf(lab, child.pid), "SIGKILL");
    case "remote shell SIGKILL":
      await hf.root(lab, "lb1", "read -r pid _ </run/holdfast/lock; kill -KILL $pid");
      return;
    case "host power-off":
      return await powerOff(lab, "lb1");
    case "link dropped":
      return await cut(lab, child);
  }
}

/** The process of the controller's ssh to lb1. */
async function sshOf(lab: Lab, controller: number): Promise<number> {
  const address = lab.hosts[0]?.address ?? "";
  for (const pid of below(controller)) {
    const line = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
    if (/^\S*ssh\0/.test(line) && line.includes(`\0${address}\0`)) return pid;
  }
  throw new RangeError(`Cannot find the ssh to ${address}`);
}

/** No packet of ssh passes until the controller has noticed; then all that was said arrives. */
async function cut(lab: Lab, child: Deno.ChildProcess): Promise<void> {
  const namespace = lab.hosts[0]?.namespace ?? "";
  const inside = async (text: string) => {
    const argv = ["netns", "exec", namespace, "nft", text];
    const { success } = await new Deno.Command("ip", { args: argv }).output();
    if (!success) throw new Error(`Cannot change the filter of "${namespace}": nft ${text}`);
  };
  await inside(
    "add table inet cut; add chain inet cut in { type filter hook input priority 0; }; " +
      "add chain inet cut out { type filter hook output priority 0; }; " +
      "add rule inet cut in tcp dport 22 drop; add rule inet cut out tcp sport 22 drop",
  );
  let ended = false;
  child.status.then(() => ended = true);
  await until(() => Promise.resolve(ended), 15_000, 100);
  await inside("delete table inet cut");
}

/** Two holders that hear each other again need a moment; a second is no moment. */
const LONGEST_TWO = 10;

/** Runs a point: from what stands now to a new edition, and on to where it has converged. */
export async function runLabPoint(
  lab: Lab,
  point: LabPoint,
  inventory: string,
  edition: number,
): Promise<LabOutcome> {
  const since = performance.now();
  const before = await allFiles(lab);
  const worst = watchHolders(lab);
  const { run, left, right } = point.kind === "strike"
    ? await struck(lab, point.hold, point.strike, inventory)
    : await troubled(lab, point.trouble, inventory, edition);
  const recovered = await allFiles(lab);
  const pending = await pendingOf(lab);
  await right();
  const later = await converge(lab, inventory);
  const after = await allFiles(lab);
  const two = await worst();
  const odd = lab.hosts.map(({ name }) => name)
    .filter((name) => ![before[name], after[name]].includes(recovered[name]));
  const allNew = Object.keys(after).every((name) => recovered[name] === after[name]);
  const wrong = [
    ...left,
    ...odd.map((name) => `${name}: the set is neither old nor new after recovery`),
    ...pending.map((line) => `due after recovery: ${line}`),
    ...judge(point, run, allNew),
    ...(two > LONGEST_TWO ? [`two holders over ${two} samples`] : []),
    ...later,
  ];
  return { point, wrong, code: run.code, ms: performance.now() - since };
}

async function pendingOf(lab: Lab): Promise<string[]> {
  const list = "ls -A /var/lib/holdfast/pending 2>/dev/null || :";
  const found = await Promise.all(
    lab.hosts.map(async ({ name }) =>
      (await hf.root(lab, name, list)).split("\n").filter((line) => line !== "")
        .map((line) => `${name}: ${line}`)
    ),
  );
  return found.flat();
}

/** What a run met, what it left, and how the host is put right. */
interface Met {
  readonly run: hf.Run;
  readonly left: readonly string[];
  right(): Promise<void>;
}

async function struck(lab: Lab, place: Hold, what: Strike, inventory: string): Promise<Met> {
  await hold(lab, place);
  const started = hf.start("apply", inventory);
  const there = () => hf.root(lab, "lb1", `[ ! -e ${MARK} ] || echo yes`).then((it) => it !== "");
  const held = await until(there, 60_000, 100);
  if (held) await strike(lab, what, started);
  if (what === "remote shell SIGKILL" || !held) await hf.root(lab, "lb1", `rm -f ${MARK}`);
  // At the first place the host stays off until the run has given it up; elsewhere it boots at once.
  const stays = place === HOLDS[0];
  if (held && what === "host power-off" && !stays) await powerOn(lab, "lb1");
  const run = await started.done;
  if (held && what === "host power-off" && stays) await powerOn(lab, "lb1");
  await hf.root(lab, "lb1", `rm -rf ${SHIMS} ${MARK} ${MARK}.once`);
  const left = held ? [] : [`the step was not reached: ${place.name}`];
  return { run, left: [...left, ...await settled(lab)], right: () => Promise.resolve() };
}

async function troubled(
  lab: Lab,
  trouble: Trouble,
  inventory: string,
  edition: number,
): Promise<Met> {
  const { wrong, right } = troubleTexts(trouble, edition);
  await hf.root(lab, "lb1", wrong);
  const run = await hf.holdfast("apply", inventory);
  const putRight = async () => void await hf.root(lab, "lb1", right);
  // What is read-only cannot go back; it does so by itself as soon as it can.
  const readOnly = trouble.endsWith("read-only");
  if (readOnly) await putRight();
  const left = await settled(lab);
  return { run, left, right: readOnly ? () => Promise.resolve() : putRight };
}

function judge(point: LabPoint, run: hf.Run, allNew: boolean): string[] {
  const what = point.kind === "strike" ? point.strike : point.trouble;
  if (what === "controller SIGKILL") return [];
  if (run.code === 0) return allNew ? [] : ["exit code 0, and not every host is new"];
  const wrong = [3, 4, 6].includes(run.code) ? [] : [`exit code ${run.code}, expected 3, 4 or 6`];
  const said = saidBy(run);
  if (!CAUSES[what]?.test(said)) wrong.push(`no message names the cause: ${said.slice(0, 400)}`);
  return wrong;
}

/** The next apply ends well, one more has nothing to do, and the endpoint stands. */
async function converge(lab: Lab, inventory: string): Promise<string[]> {
  const next = await hf.holdfast("apply", inventory, { flags: ["--lock-timeout", "2m"] });
  const said = saidBy(next).slice(0, 400);
  const wrong = next.code === 0 ? [] : [`the next apply ended with ${next.code}: ${said}`];
  const again = await hf.holdfast("apply", inventory);
  const changed = hf.tasksOf(again, "changed");
  if (again.code !== 0) wrong.push(`the apply after it ended with ${again.code}`);
  if (changed.length > 0) wrong.push(`the apply after it changed ${changed.join(", ")}`);
  for (const { name } of lab.hosts) {
    const left = await hf.litter(lab, name);
    if (left !== "") wrong.push(`${name}: left behind: ${left}`);
  }
  const holders = await hf.holders(lab);
  if (holders.length !== 1) wrong.push(`${holders.length} holders in the end`);
  return wrong;
}
