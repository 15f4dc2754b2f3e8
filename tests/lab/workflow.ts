/**
 * Runs the scripts of a GitHub workflow as a runner does: `bash -eo pipefail` in one folder, step
 * after step, with the files and variables that GitHub provides. What is no script is left out.
 * @module
 */
import { parse } from "yaml";

/** What GitHub would bring. */
export interface Runner {
  /** The folder that holds the checkouts. */
  readonly workspace: string;
  /** A folder for what no checkout holds. */
  readonly temp: string;
  /** `${{ secrets.NAME }}`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Takes the place of `~/.ssh`, which belongs to whoever runs the tests. */
  readonly ssh: string;
  /** Variables of the machine, and of the workflow where they are to differ from what it says. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a job came to. */
export interface JobResult {
  /** Exit code of each script, by name of its step. A step that was left out has none. */
  readonly codes: Readonly<Record<string, number>>;
  /** Everything that was printed. */
  readonly log: string;
  /** What the job's page shows. */
  readonly summary: string;
}

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the scripts of a job. After a failure only steps with `if: always()` run. */
export async function runJob(file: URL, job: string, runner: Runner): Promise<JobResult> {
  const workflow = parse(await Deno.readTextFile(file));
  const steps: readonly Step[] = workflow.jobs[job].steps;
  const files = await githubFiles(runner.temp);
  let env: Record<string, string> = { ...workflow.env, ...runner.env, ...files };
  const codes: Record<string, number> = {};
  let [log, failed] = ["", false];
  for (const { name = "", run, if: condition, env: own = {} } of steps) {
    if (run === undefined || (failed && condition !== "always()")) continue;
    const step = await bash(run, { ...env, ...evaluated(own, runner.secrets) }, runner);
    codes[name] = step.code;
    failed ||= step.code !== 0;
    log += step.log;
    env = { ...env, ...await variables(files.GITHUB_ENV) };
  }
  return { codes, log, summary: await Deno.readTextFile(files.GITHUB_STEP_SUMMARY) };
}

async function githubFiles(temp: string) {
  const files = {
    GITHUB_ENV: `${temp}/env`,
    GITHUB_OUTPUT: `${temp}/output`,
    GITHUB_STEP_SUMMARY: `${temp}/summary`,
  };
  for (const path of Object.values(files)) await Deno.writeTextFile(path, "");
  return { ...files, RUNNER_TEMP: temp, GITHUB_ACTIONS: "true", CI: "true" };
}

function evaluated(
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      // GitHub gives an empty text for a secret that is not set.
      value.replace(/^\$\{\{ secrets\.(\w+) \}\}$/, (_, secret) => secrets[secret] ?? ""),
    ]),
  );
}

async function variables(path: string): Promise<Record<string, string>> {
  const lines = (await Deno.readTextFile(path)).split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)];
  }));
}

async function bash(script: string, env: Readonly<Record<string, string>>, runner: Runner) {
  const path = `${runner.temp}/step.sh`;
  await Deno.writeTextFile(path, script);
  // ssh looks for ~/.ssh where the system says, not where HOME does; on a runner both are the same.
  // A mount namespace of its own, so that the keys of whoever runs the tests stay out of it.
  const inside = 'export HOME="$(getent passwd "$(id -u)" | cut -d: -f6)" && ' +
    'mkdir -p ~/.ssh && mount --bind "$1" ~/.ssh && ' +
    'exec bash --noprofile --norc -eo pipefail "$2"';
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["--mount", "--", "bash", "-c", inside, "bash", runner.ssh, path],
    cwd: runner.workspace,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, log: text(stdout) + text(stderr) };
}
