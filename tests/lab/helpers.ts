/** What the tests with real hosts share: whether a lab can run here, a lab for one test, traces of labs. */
import { type Lab, labDown, labUp, type LabUpOptions, unfit } from "../../src/lab/mod.ts";
import { attempt, type RunResult } from "../../src/lab/run.ts";
import { sshArgs } from "../../src/lab/ssh.ts";

/** The reason why no lab can run on this machine, or nothing when one can; says it loudly once. */
export async function labAvailable(): Promise<string | undefined> {
  const reason = await unfit();
  if (reason !== undefined) console.error(`SKIPPED: every test with real hosts. ${reason}`);
  return reason;
}

/**
 * Whether everything is to be tried (`deno task test:full`). The releases beside bookworm whose
 * difference another test sees already are tried then alone.
 */
export const full: boolean = Deno.env.get("HOLDFAST_TEST_FULL") === "1";

/** Two runs of the tests on one machine need labs of different names: `HOLDFAST_TEST_LAB=b`. */
const PREFIX = Deno.env.get("HOLDFAST_TEST_LAB") ?? "";

/** The name of a test's own lab in this run of the tests. */
export function labName(name: string): string {
  return PREFIX + name;
}

/** Brings a lab up under a name of the test's own, hands it over, and takes it down whatever happens. */
export async function withLab(
  name: string,
  test: (lab: Lab) => Promise<void>,
  options: Omit<LabUpOptions, "name" | "log"> = {},
): Promise<void> {
  name = labName(name);
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  try {
    await test(await labUp({ name, log, ...options }));
  } catch (error) {
    console.error(lines.join("\n"));
    throw error;
  } finally {
    await labDown({ name, log });
  }
}

/** Runs a command on a host through ssh, as the deploy user or another. */
export function onHost(lab: Lab, name: string, command: string, user?: string): Promise<RunResult> {
  const host = lab.hosts.find((one) => one.name === name);
  if (host === undefined) throw new RangeError(`Cannot find host "${name}"`);
  return attempt(["ssh", ...sshArgs(lab, host, user), "--", command], { to: `run on "${name}"` });
}

/** Asks an API server over real TLS: the status, the body and who answered; fails when nobody vouches for it. */
export async function ask(
  lab: Lab,
  name: string,
  path: string,
): Promise<{ status: number; body: string }> {
  const server = lab.apiServers.find((one) => one.name === name);
  const caCerts = [await Deno.readTextFile(lab.caFile)];
  using client = Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: 0 });
  const response = await fetch(`https://${server?.address}:${server?.port}${path}`, { client });
  return { status: response.status, body: await response.text() };
}

/** Everything on this machine that a lab could leave behind, one line each. */
export async function traces(): Promise<string[]> {
  const commands = [
    ["ip", "netns", "list"],
    ["ip", "-o", "link"],
    ["nft", "list", "tables"],
    ["cat", "/proc/self/mountinfo"],
    ["find", "/sys/fs/cgroup", "-mindepth", "2", "-maxdepth", "2", "-type", "d"],
    [
      "find",
      "/run/systemd/nspawn/propagate",
      "/run/holdfast-lab",
      "/var/lib/holdfast-lab",
      "-maxdepth",
      "2",
    ],
    ["ps", "-eo", "args="],
  ];
  const texts = await Promise.all(commands.map((argv) => attempt(argv, { to: "look for traces" })));
  return texts.flatMap(({ stdout }) => stdout.split("\n")).filter((line) => line !== "");
}

/** Those lines that speak of the lab of this name; other labs may come and go meanwhile. */
export function tracesOf(name: string, lines: readonly string[]): string[] {
  const own = new RegExp(
    `hf-${name}\\b|holdfast_lab_${name}\\b|holdfast-lab/(claims/|lab-)?${name}\\b`,
  );
  return lines.filter((line) => own.test(line));
}
