/**
 * `deno task test`: the gates, the unit tests, and the lab where this machine can run one. Prints
 * each group's time, names loudly what it had to leave out, and ends with `N passed, N failed`.
 * @module
 */
import { labAvailable } from "./lab/helpers.ts";

interface Count {
  passed: number;
  failed: number;
}

const deno = Deno.execPath();

async function timed(name: string, work: () => Promise<Count>): Promise<Count> {
  console.log(`\n=== ${name}`);
  const since = Date.now();
  const count = await work();
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  console.log(`=== ${name}: ${count.passed} passed, ${count.failed} failed, ${seconds} s`);
  return count;
}

/** A command that passes or fails as a whole. */
async function gate(args: readonly string[]): Promise<Count> {
  const { success } = await new Deno.Command(deno, { args: [...args] }).spawn().status;
  return success ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Counts what a test run did from its JUnit file: what it prints is for people. */
async function tests(args: readonly string[]): Promise<Count> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { success } = await new Deno.Command(deno, {
      args: ["test", "--no-prompt", "--allow-all", `--junit-path=${report}`, ...args],
    }).spawn().status;
    const xml = await Deno.readTextFile(report);
    const sum = (name: string) =>
      [...xml.matchAll(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`, "g"))]
        .reduce((total, [, n]) => total + Number(n), 0);
    const failed = sum("failures") + sum("errors");
    const passed = sum("tests") - failed - sum("disabled") - sum("skipped");
    // A group that ran nothing proves nothing.
    if (passed + failed === 0) return { passed: 0, failed: 1 };
    // A module that does not load fails without a test to count.
    return { passed, failed: success ? failed : Math.max(failed, 1) };
  } finally {
    await Deno.remove(report);
  }
}

/** Shells that a host may have, for the tests that try them all. */
const SHELLS = { busybox: "busybox-static", zsh: "zsh", fish: "fish", tcsh: "tcsh" };

/** Installs what is missing of them where that is possible; names what stays untried where not. */
async function installShells(): Promise<Count> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(SHELLS)) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).output();
    if (!found.success) missing.push(name);
  }
  if (missing.length === 0) return { passed: 1, failed: 0 };
  const script = `apt-get -q update && apt-get -q -y --no-install-recommends install ${
    missing.join(" ")
  }`;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const { success } = await new Deno.Command("sh", { args: ["-c", script], env, stdout: "null" })
    .spawn().status;
  if (success) return { passed: 1, failed: 0 };
  console.log(`!!! Not tried, because they cannot be installed here: ${missing.join(", ")}`);
  return { passed: 0, failed: Deno.env.get("CI") === "true" ? 1 : 0 };
}

const groups: [name: string, work: () => Promise<Count>][] = [
  ["format", () => gate(["fmt", "--check"])],
  ["lint", () => gate(["lint"])],
  ["types", () => gate(["check"])],
  ["doc comments and their examples", () => gate(["task", "doc"])],
  ["other shells", installShells],
  ["unit tests", () => tests(["--parallel", "--ignore=tests/lab", "tests"])],
];

const why = await labAvailable();
if (why === undefined) {
  const files = (await Array.fromAsync(Deno.readDir(new URL("./lab/", import.meta.url))))
    .map(({ name }) => name).filter((name) => name.endsWith("_test.ts")).sort();
  for (const file of files) groups.push([`lab: ${file}`, () => tests([`tests/lab/${file}`])]);
}

const total: Count = { passed: 0, failed: 0 };
for (const [name, work] of groups) {
  const { passed, failed } = await timed(name, work);
  total.passed += passed;
  total.failed += failed;
}
if (why !== undefined) {
  console.log(`\n!!! The lab did not run, and nothing was tried against real hosts: ${why}`);
  // In CI that is a failure: a green run must mean that real hosts were deployed.
  if (Deno.env.get("CI") === "true") total.failed += 1;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 ? 0 : 1);
