/**
 * Runs the product as a user does: a process of its own with the documented permissions, its events
 * read from its output; and reads on the hosts what a deployment leaves there.
 * @module
 */
import { assertEquals } from "@std/assert";
import { alone, bracketed } from "../../src/addresses.ts";
import { denoArgs } from "../../src/commands/permissions.ts";
import type { DrillNeeds } from "../../src/commands/secrets_named.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import type { Event, Status } from "../../src/events.ts";
import { RUN_DIR } from "../../src/journal/places.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { LOCK_DIR } from "../../src/runner/lock.ts";
import { until } from "../../src/lab/process.ts";
import { assertEvents } from "../event_lines.ts";
import { onHost } from "./helpers.ts";

const ROOT = new URL("../../", import.meta.url);

/** How the product is started. */
export interface StartOptions {
  /** Flags after the inventory. */
  readonly flags?: readonly string[];
  /** Text for its standard input. */
  readonly stdin?: string;
  /** Variables on top of the caller's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves out `--json`: the report for people. */
  readonly human?: boolean;
  /** What drills start and ask. */
  readonly drills?: DrillNeeds;
}

/** What a run left. */
export interface Run {
  /** Exit code. */
  readonly code: number;
  /** Everything that happened, in order. */
  readonly events: readonly Event[];
  /** Standard output as it came. */
  readonly stdout: string;
  /** Standard error as it came. */
  readonly stderr: string;
}

/** A run that is under way. */
export interface Started {
  /** Its process. */
  readonly child: Deno.ChildProcess;
  /** What it leaves, once it has ended. */
  readonly done: Promise<Run>;
}

/** Starts a command of the product on an inventory. */
export function start(command: string, inventory: string, options: StartOptions = {}): Started {
  const { flags = [], stdin, env = {}, human = false, drills } = options;
  const words = [command, inventory, ...flags, ...(human ? [] : ["--json"])];
  const wants = {
    env: [],
    programs: [],
    writes: writesOf(flags),
    ...(drills === undefined ? {} : { drills }),
  };
  return spawn(denoArgs(command, "cli.ts", words, wants), env, stdin);
}

/** Files that flags ask for. */
function writesOf(flags: readonly string[]): string[] {
  return flags.flatMap((flag, i) => {
    if (flags[i - 1] === "--out") return [flag];
    return flags[i - 1] === "--report" && flag.includes(":") ? [flag.replace(/^\w+:/, "")] : [];
  });
}

/** Runs a command of the product on an inventory to its end; its events are as documented. */
export async function holdfast(
  command: string,
  inventory: string,
  options: StartOptions = {},
): Promise<Run> {
  const run = await start(command, inventory, options).done;
  const lines = run.stdout.split("\n").filter((line) => line !== "");
  const listing = options.flags?.some((flag) => flag.startsWith("--list-")) ?? false;
  // A mistake on the command line itself prints nothing there.
  if (options.human !== true && !listing && lines.length > 0) assertEvents(lines);
  return run;
}

/** Starts `deno` with these arguments, in the folder that holds the product. */
export function spawn(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin?: string,
): Started {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, done: finish(child, stdin) };
}

async function finish(child: Deno.ChildProcess, stdin: string | undefined): Promise<Run> {
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    // One that ends without reading says why in its exit code.
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
  }
  const { code, ...bytes } = await child.output();
  const stdout = new TextDecoder().decode(bytes.stdout);
  const events = stdout.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Event);
  return { code, events, stdout, stderr: new TextDecoder().decode(bytes.stderr) };
}

/** Asserts an exit code, and shows what was said when it is another one. */
export function assertExit(run: Run, code: number): void {
  if (run.code === code) return;
  const diagnostics = run.events.flatMap((event) =>
    event.type === "diagnostic" ? [event.diagnostic.message] : []
  );
  const said = [
    ...errorsOf(run).map(({ text }) => text),
    ...diagnostics,
    ...checksOf(run),
    run.stderr,
  ];
  assertEquals(run.code, code, `exit code ${run.code}, expected ${code}:\n${said.join("\n")}`);
}

/** `lb1 task name` of every task that ended so, sorted by host. */
export function tasksOf(run: Run, status: Status): string[] {
  return taskEnds(run).filter((event) => event.status === status)
    .map(({ host, task }) => `${host} ${task}`).sort();
}

/** `lb1 | task | write | /etc/x` of every change on every target, sorted. */
export function changesOf(run: Run): string[] {
  return taskEnds(run).filter(({ status }) => status === "changed").flatMap((event) =>
    event.changes.flatMap(({ kind, targets }) =>
      targets.map((target) => [event.host, event.task, kind, target].join(" | "))
    )
  ).sort();
}

/** Asserts that an apply changed exactly what a check had said. */
export function assertForecast(check: Run, apply: Run): void {
  assertEquals(tasksOf(apply, "changed"), tasksOf(check, "changed"));
  assertEquals(changesOf(apply), changesOf(check));
}

/** Every error that a task ended with. */
export function errorsOf(run: Run): { host: string; task: string; status: Status; text: string }[] {
  return taskEnds(run).flatMap(({ host, task, status, error }) =>
    error === undefined ? [] : [{ host, task, status, text: error }]
  );
}

/** `ok held by lb1, backends 3/3` of every condition; what the preflight found aside. */
export function checksOf(run: Run): string[] {
  return run.events.flatMap((event) =>
    event.type === "check-end" && event.check !== "preflight"
      ? [`${event.status} ${event.message}`]
      : []
  );
}

/** `ok 10.88.0.10 is free, backends 3/3` of every preflight. */
export function preflightOf(run: Run): string[] {
  return run.events.flatMap((event) =>
    event.type === "check-end" && event.check === "preflight"
      ? [`${event.status} ${event.message}`]
      : []
  );
}

/** The counts of each host. */
export function recapOf(run: Run) {
  const last = run.events.at(-1);
  assertEquals(last?.type, "run-end", `the last event is ${last?.type}:\n${run.stderr}`);
  return last?.type === "run-end" ? last.hosts : {};
}

function taskEnds({ events }: Run) {
  return events.filter((event) => event.type === "task-end");
}

/** Asserts that an apply has nothing left to do and that verify agrees. */
export async function assertConverged(inventory: string): Promise<void> {
  const again = await holdfast("apply", inventory);
  assertExit(again, 0);
  assertEquals(tasksOf(again, "changed"), []);
  assertExit(await holdfast("verify", inventory), 0);
}

/** Writes an inventory beside the lab's own, edited; it goes with the lab. */
export async function editInventory(
  lab: Lab,
  name: string,
  edit: (text: string) => string,
): Promise<string> {
  const before = await Deno.readTextFile(lab.inventoryFile);
  const text = edit(before);
  if (text === before) throw new RangeError(`Cannot write inventory "${name}": nothing was edited`);
  const path = `${lab.stateDir}/${name}.yaml`;
  await Deno.writeTextFile(path, text);
  return path;
}

/** Adds lines to the endpoint of a lab's inventory, indented as its keys are. */
export function withEndpoint(...lines: readonly string[]): (text: string) => string {
  return (text) =>
    text.replace(
      /^( +)backend_port: .*$/m,
      (line, space: string) => [line, ...lines.map((added) => space + added)].join("\n"),
    );
}

/** Runs shell text as root on a host and gives its output; fails when it fails. */
export async function root(lab: Lab, host: string, script: string): Promise<string> {
  const quoted = `'${script.replaceAll("'", `'\\''`)}'`;
  const { code, stdout, stderr } = await onHost(lab, host, `sudo sh -c ${quoted}`);
  assertEquals(code, 0, `on ${host}: ${script}: ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** Messages of a run that have this code, in order. */
export function saidOf(run: Run, code: string): string[] {
  return run.events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.code === code ? [event.diagnostic.message] : []
  );
}

/** Names of the hosts that hold the virtual address now; of another one with `{ ...lab, vip }`. */
export async function holders(lab: Lab): Promise<string[]> {
  const held = await Promise.all(lab.hosts.map(async ({ name, pid }) => {
    if (pid === undefined) return [];
    return await root(lab, name, `ip -o addr show to ${alone(lab.vip)}`) === "" ? [] : [name];
  }));
  return held.flat();
}

/** What a client outside gets at the virtual address over verified TLS: the status, or no answer. */
export async function throughVip(lab: Lab, path = "/readyz"): Promise<number | undefined> {
  const caCerts = [await Deno.readTextFile(lab.caFile)];
  using client = Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: 0 });
  try {
    const signal = AbortSignal.timeout(2000);
    const response = await fetch(`https://${bracketed(lab.vip)}:8443${path}`, { client, signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

const {
  guideScript: _guide,
  trackFile: _track,
  checkClient: _client,
  notifyScript: _notify,
  ...own
} = PATHS;

/** Paths of the files that profile standard puts in place when no more is asked of it. */
export const STANDARD_FILES: string = Object.values(own).join(" ");

/** Every one of {@link STANDARD_FILES}: path, mode, owner, time, inode, content. */
export function managedFiles(lab: Lab, host: string): Promise<string> {
  const paths = `${STANDARD_FILES} /etc/sysctl.d/60-holdfast-*`;
  return root(lab, host, `stat -c '%n %a %U:%G %y %i' ${paths} && sha256sum ${paths}`);
}

/** The same without inodes: what a host that went back has again. */
export async function managedState(lab: Lab, host: string): Promise<string> {
  return (await managedFiles(lab, host)).replaceAll(/^(\/.*) \d+$/gm, "$1");
}

/** When each daemon became active, and its process. */
export function daemons(lab: Lab, host: string): Promise<string> {
  const show = "systemctl show -p Id -p ActiveEnterTimestampMonotonic -p MainPID -p NRestarts";
  return root(lab, host, `${show} haproxy keepalived`);
}

/** What a run must not leave on a host, and the handlers that are still due. */
export function litter(lab: Lab, host: string): Promise<string> {
  return root(
    lab,
    host,
    `find / -xdev -name '.holdfast*' -not -path '/proc/*'
find /etc/systemd/system -name 'holdfast-undo*'
find /var/lib/holdfast -path '${RUN_DIR}/open' -o -path '${RUN_DIR}.new*' 2>/dev/null
find /run /tmp /dev/shm -name '*holdfast*' -not -path '${PATHS.trackFile}' -not -path '/run/systemd/*' -not -path '${LOCK_DIR}'
ls -A /var/lib/holdfast/pending 2>/dev/null || :`,
  );
}

/** Waits until something holds, and fails with what was waited for when it never does. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  assertEquals(await until(holds, timeoutMs, 100), true, `${what}: not within ${timeoutMs} ms`);
}

/** Stops HAProxy on the holder, waits until the other host holds the address and answers, starts it again. */
export async function assertAddressMoves(lab: Lab): Promise<void> {
  const [holder = "", ...more] = await holders(lab);
  assertEquals(more, []);
  await root(lab, holder, "systemctl stop haproxy");
  await eventually(`the address leaves ${holder}`, async () => {
    const now = await holders(lab);
    return now.length === 1 && now[0] !== holder && await throughVip(lab) === 200;
  });
  await root(lab, holder, "systemctl start haproxy");
  await eventually("one holder after the start", async () => (await holders(lab)).length === 1);
}
