/**
 * `deno task test`: the gates, the unit tests, and the lab where this machine can run one. Prints
 * each group's time, names loudly what it had to leave out, and ends with `N passed, N failed`.
 * `deno task test:full` (`--full`) leaves out nothing.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import { labAvailable } from "./lab/helpers.ts";
import { missing as missingOfVcsim, vcsim } from "./vcsim/build.ts";

interface Count {
  passed: number;
  failed: number;
  /** What failed and why, to be said once more at the very end. */
  failures?: readonly string[];
}

const deno = Deno.execPath();

/** Long files that need not run at every change: what they try is tried in part by others. */
const LONG: ReadonlySet<string> = new Set([
  "drills_catalogue_test.ts",
  "drills_killed_test.ts",
  "faults_test.ts",
  "matrix_test.ts",
  "sessions_test.ts",
  "undo_test.ts",
]);

/** Files that measure, or that look at the whole machine: nothing else runs beside them. */
const ALONE = /^(lab|demo|drill|drills|prober|picture|faults|undo|coupled|ci)(_\w+)?_test\.ts$/;

async function timed(name: string, work: () => Promise<Count>, quiet = false): Promise<Count> {
  if (!quiet) console.log(`\n=== ${name}`);
  const since = Date.now();
  const count = await work();
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  console.log(`=== ${name}: ${count.passed} passed, ${count.failed} failed, ${seconds} s`);
  return count;
}

/** A command that passes or fails as a whole. */
async function gate(args: readonly string[]): Promise<Count> {
  const { success } = await new Deno.Command(deno, { args: [...args] }).spawn().status;
  if (success) return { passed: 1, failed: 0 };
  return { passed: 0, failed: 1, failures: [`deno ${args.join(" ")}`] };
}

/** Counts what a test run did from its JUnit file: what it prints is for people. */
async function tests(args: readonly string[], name?: string): Promise<Count> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const command = new Deno.Command(deno, {
      args: ["test", "--no-prompt", "--allow-all", `--junit-path=${report}`, ...args],
      ...(name === undefined ? {} : { stdout: "piped", stderr: "piped" } as const),
    });
    const success = name === undefined
      ? (await command.spawn().status).success
      : await together(command, name);
    const xml = await Deno.readTextFile(report);
    const sum = (name: string) =>
      [...xml.matchAll(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`, "g"))]
        .reduce((total, [, n]) => total + Number(n), 0);
    const failed = sum("failures") + sum("errors");
    const passed = sum("tests") - failed - sum("disabled") - sum("skipped");
    // A group that ran nothing proves nothing.
    if (passed + failed === 0) {
      return { passed: 0, failed: 1, failures: [`${args.at(-1)}: no test ran`] };
    }
    // A module that does not load fails without a test to count.
    if (!success && failed === 0) {
      return { passed, failed: 1, failures: [`${args.at(-1)}: did not end well`] };
    }
    return { passed, failed, failures: failuresOf(xml) };
  } finally {
    await Deno.remove(report);
  }
}

/** Each test that a JUnit file calls failed, with the first lines of why. */
function failuresOf(xml: string): string[] {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  const plain = (text: string) =>
    text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]!)
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  return [...xml.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"(?:[^>]*[^/])?>\s*<(?:failure|error)[^>]*>([^<]*)/g,
  )].map(([, name, file, why]) => {
    const lines = plain(why!).trim().split("\n").slice(0, 25).map((line) => `    ${line}`);
    return `${plain(file!)}: ${plain(name!)}\n${lines.join("\n")}`;
  });
}

/** Runs beside others: what it prints comes in one piece when it has ended. */
async function together(command: Deno.Command, name: string): Promise<boolean> {
  const { success, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
  console.log(`\n=== ${name}\n${text(stdout)}\n${text(stderr)}`);
  return success;
}

/** Deploys that every kind of fault is tried on, in rooms of this machine. */
const MATRIX = "tests/matrix/scenarios";

/** Shells that a host may have, for the tests that try them all. */
const SHELLS = { busybox: "busybox-static", zsh: "zsh", fish: "fish", tcsh: "tcsh" };

/** Installs what is missing of them where that is possible; names what stays untried where not. */
async function installShells(): Promise<Count> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(SHELLS)) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).output();
    if (!found.success) missing.push(name);
  }
  return await install(missing);
}

async function install(packages: readonly string[]): Promise<Count> {
  if (packages.length === 0) return { passed: 1, failed: 0 };
  const script = `apt-get -q update && apt-get -q -y --no-install-recommends install ${
    packages.join(" ")
  }`;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const { success } = await new Deno.Command("sh", { args: ["-c", script], env, stdout: "null" })
    .spawn().status;
  if (success) return { passed: 1, failed: 0 };
  console.log(`!!! Not tried, because they cannot be installed here: ${packages.join(", ")}`);
  return { passed: 0, failed: Deno.env.get("CI") === "true" ? 1 : 0 };
}

/** The stand-in of a vCenter: its packages, and the program, so that no test waits for it. */
async function buildVcsim(): Promise<Count> {
  if (Deno.env.get("HOLDFAST_VCSIM")) return { passed: 1, failed: 0 };
  const count = await install(await missingOfVcsim());
  const program = await vcsim().catch((error: Error) => {
    console.log(error.message);
    return undefined;
  });
  if (program !== undefined) {
    Deno.env.set("HOLDFAST_VCSIM", program);
    return count;
  }
  return { passed: 0, failed: count.passed === 1 ? 1 : count.failed };
}

const groups: [name: string, work: () => Promise<Count>][] = [
  ["format", () => gate(["fmt", "--check"])],
  ["lint", () => gate(["lint"])],
  ["types", () => gate(["check"])],
  ["doc comments and their examples", () => gate(["task", "doc"])],
  ["other shells", installShells],
  ["stand-in of a vCenter", buildVcsim],
  ["unit tests", () => tests(["--parallel", `--ignore=tests/lab,${MATRIX}`, "tests"])],
  // Each of its cells is a room with two hosts: they keep the machine busy by themselves.
  ["fault matrix", () => tests(["--parallel", MATRIX])],
];

const total: Count = { passed: 0, failed: 0 };
const failures: string[] = [];
function add(count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  failures.push(...count.failures ?? []);
}
for (const [name, work] of groups) add(await timed(name, work));

const why = await labAvailable();
if (why === undefined) {
  const full = Deno.args.includes("--full");
  // Files that try less without it read this.
  Deno.env.set("HOLDFAST_TEST_FULL", full ? "1" : "0");
  const all = (await Array.fromAsync(Deno.readDir(new URL("./lab/", import.meta.url))))
    .map(({ name }) => name).filter((name) => name.endsWith("_test.ts")).sort();
  const files = all.filter((name) => full || !LONG.has(name));
  const left = all.filter((name) => !files.includes(name));
  if (left.length > 0) {
    console.log(`\n=== left for deno task test:full, because they take long: ${left.join(", ")}`);
  }
  // The base image is built once, before several want it at the same moment.
  const [first, ...rest] = files.filter((name) => !ALONE.test(name));
  const beside = async (file: string) => {
    const name = `lab: ${file}`;
    add(await timed(name, () => tests([`tests/lab/${file}`], name), true));
  };
  if (first !== undefined) await beside(first);
  // A lab waits most of the time: two of them share the machine.
  for await (const _ of pooledMap(2, rest, beside)) { /* Counted already. */ }
  for (const file of files.filter((name) => ALONE.test(name))) {
    add(await timed(`lab: ${file}`, () => tests([`tests/lab/${file}`])));
  }
}
if (why !== undefined) {
  console.log(`\n!!! The lab did not run, and nothing was tried against real hosts: ${why}`);
  // In CI that is a failure: a green run must mean that real hosts were deployed.
  if (Deno.env.get("CI") === "true") total.failed += 1;
}
// Whoever sees the end of a long log only sees what failed all the same.
for (const failure of failures) console.log(`\n!!! failed: ${failure}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 ? 0 : 1);
