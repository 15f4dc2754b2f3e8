/**
 * The lab's long-lived processes: started apart from the caller, known by pid and start time.
 *
 * @module
 */
import { dirname } from "@std/path";
import { delay } from "@std/async/delay";
import { hasEnded, parseStat, type ProcessRecord } from "./stat.ts";

export type { ProcessRecord } from "./stat.ts";

/** How a process is started. */
export interface StartOptions {
  /** Where its record goes; the process writes it before it becomes the program. */
  pidFile: string;
  /** Where its output goes. */
  logFile: string;
  /** `cgroup.procs` files of the groups it enters first. */
  groups?: readonly string[];
  /** Variables set on top of the caller's environment. */
  env?: Record<string, string>;
}

// Written by the process itself, so that no moment exists in which it runs and is not on record.
// bash closes what the caller's shell left open, or a pipe behind `lab up` would never end.
const starter = `
cat "/proc/$$/stat" >"$1.new" && mv "$1.new" "$1" || exit 1
log=$2 count=$3
shift 3
while [ "$count" -gt 0 ]; do echo "$$" >"$1" || exit 1; shift; count=$((count - 1)); done
exec </dev/null >>"$log" 2>&1
for fd in /proc/$$/fd/*; do fd=\${fd##*/}; [ "$fd" -gt 2 ] && eval "exec $fd>&-"; done
exec setsid "$@"`;

/** Starts a program that outlives the caller, with its output in a file. */
export async function start(argv: readonly string[], options: StartOptions): Promise<void> {
  const { pidFile, logFile, groups = [], env = {} } = options;
  await Deno.mkdir(dirname(pidFile), { recursive: true });
  await Deno.mkdir(dirname(logFile), { recursive: true });
  await Deno.remove(pidFile).catch(() => {});
  const child = new Deno.Command("bash", {
    args: ["-c", starter, "lab", pidFile, logFile, `${groups.length}`, ...groups, ...argv],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  await until(async () => await readRecord(pidFile) !== undefined, 5000);
}

/** Reads a record; nothing when there is none. */
export async function readRecord(pidFile: string): Promise<ProcessRecord | undefined> {
  return parseStat(await Deno.readTextFile(pidFile).catch(() => ""));
}

/** Gives the record's process as long as it lives. */
export async function living(pidFile: string): Promise<ProcessRecord | undefined> {
  const record = await readRecord(pidFile);
  return record !== undefined && await isAlive(record) ? record : undefined;
}

/** Tells whether the very process of the record still runs; a zombie does not. */
export async function isAlive({ pid, startedAt }: ProcessRecord): Promise<boolean> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return parseStat(text)?.startedAt === startedAt && !hasEnded(text);
}

/** The record of a running process; nothing when it is gone. */
export async function recordOf(pid: number): Promise<ProcessRecord | undefined> {
  return parseStat(await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ""));
}

/** Kills processes at once, as a power cut does, and waits until they are gone. */
export async function kill(records: readonly ProcessRecord[], timeoutMs = 10_000): Promise<void> {
  for (const record of records) {
    if (await isAlive(record)) signal(record.pid, "SIGKILL");
  }
  const gone = await until(
    async () => !(await Promise.all(records.map(isAlive))).includes(true),
    timeoutMs,
  );
  if (gone) return;
  const pids = records.map((record) => record.pid).join(", ");
  throw new Error(`Cannot end processes ${pids}: some still run ${timeoutMs} ms after SIGKILL`);
}

/** Waits until something holds; tells whether it did before the time was up. */
export async function until(
  holds: () => Promise<boolean>,
  timeoutMs: number,
  everyMs = 20,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!await holds()) {
    if (performance.now() > end) return false;
    await delay(everyMs);
  }
  return true;
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    // It ended by itself between the look and the signal.
    if (!(error instanceof Deno.errors.NotFound) && !/ESRCH/.test(String(error))) throw error;
  }
}
