/** The workflow for GitHub, line by line, in a clean checkout, against real hosts. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { Lab } from "../../src/lab/mod.ts";
import { run } from "../../src/lab/run.ts";
import { withTempDir } from "../helpers.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { type JobResult, runJob, type Runner } from "./workflow.ts";

const ignore = await labAvailable() !== undefined;
const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const WORKFLOW = new URL("../../docs/ci/github.yml", import.meta.url);

/** A repository with an inventory, Holdfast beside it, and what GitHub keeps for them. */
async function makeRunner(lab: Lab, dir: string): Promise<Runner> {
  const workspace = `${dir}/work`;
  const temp = `${dir}/temp`;
  const ssh = `${dir}/ssh`;
  for (const path of [workspace, temp, ssh]) await Deno.mkdir(path, { mode: 0o700 });
  const to = "make a clean checkout";
  // A copy that was not cloned itself has nothing to clone from.
  const cloned = await Deno.stat(`${ROOT}.git`).then(() => true, () => false);
  const copy = cloned ? ["git", "clone", "--quiet", "--no-hardlinks"] : ["cp", "-a"];
  await run([...copy, ROOT, `${workspace}/holdfast`], { to });
  // The machine's own way to a registry counts; an agent of whoever runs the tests does not.
  const { SSH_AUTH_SOCK: _1, SSH_AGENT_PID: _2, ...machine } = Deno.env.toObject();
  return {
    workspace,
    temp,
    ssh,
    secrets: {
      HOLDFAST_SSH_KEY: await Deno.readTextFile(lab.keyFile),
      HOLDFAST_KNOWN_HOSTS: await Deno.readTextFile(lab.knownHostsFile),
    },
    // npm installs for this test alone.
    env: {
      ...machine,
      PATH: `${dir}/npm/bin:${machine.PATH}`,
      npm_config_prefix: `${dir}/npm`,
    },
  };
}

/** The lab's inventory as a user has it: key and known hosts come from the runner. */
async function writeInventory(lab: Lab, path: string, edit = (text: string) => text) {
  const text = (await Deno.readTextFile(lab.inventoryFile))
    .replace(/^ +ansible_ssh_(private_key_file|common_args): .*\n/gm, "");
  await Deno.writeTextFile(path, edit(text));
}

const passed = ({ codes }: JobResult) => Object.values(codes).every((code) => code === 0);

Deno.test({
  name: "the workflow for GitHub checks, applies and reports",
  ignore,
  fn: (t) =>
    withLab("ci", (lab) =>
      withTempDir(async (dir) => {
        const runner = await makeRunner(lab, dir);
        const at = (path: string) => `${runner.workspace}/${path}`;
        const job = (name: string, env: Readonly<Record<string, string>> = {}) =>
          runJob(WORKFLOW, name, { ...runner, env: { ...runner.env, ...env } });
        await writeInventory(lab, at("hosts.yaml"));

        await t.step(
          "a pull request with changes passes, and says that there are some",
          async () => {
            const result = await job("check");
            assert(passed(result), `${JSON.stringify(result.codes)}\n${result.log}`);
            assertMatch(result.summary, /^Merging this changes hosts/);
            assertMatch(result.log, /^::warning .*file=hosts\.yaml,line=\d+/m);
            assertMatch(await Deno.readTextFile(at("reports/check.xml")), /<testsuite [^]*lb1/);
            const events = (await Deno.readTextFile(at("reports/check.jsonl"))).trim().split("\n");
            assertEquals(JSON.parse(events.at(-1) ?? "").exitCode, 2);
          },
        );

        await t.step("where it shall fail, it fails", async () => {
          const result = await job("check", { ON_CHANGES: "fail" });
          assertEquals(result.codes["Check"], 2, result.log);
          assertEquals(result.codes["Forget the key"], 0);
        });

        await t.step("a wrong inventory fails at its line", async () => {
          await writeInventory(
            lab,
            at("hosts.yaml"),
            (text) => text.replace(/port: 8443/, "prot: 1"),
          );
          const result = await job("check");
          assertEquals(result.codes["Check"], 1, result.log);
          assertMatch(result.log, /^::error .*file=hosts\.yaml,line=\d+/m);
          await writeInventory(lab, at("hosts.yaml"));
        });

        await t.step("what is merged is applied and verified", async () => {
          const result = await job("apply");
          assert(passed(result), `${JSON.stringify(result.codes)}\n${result.log}`);
          assertMatch(await Deno.readTextFile(at("reports/apply.xml")), /<testsuite [^]*lb2/);
          assertMatch(result.log, /held by lb[12], backends 3\/3/);
          assertEquals(await hf.throughVip(lab), 200);
        });

        await t.step("after that there is nothing to change", async () => {
          const result = await job("check", { ON_CHANGES: "fail" });
          assert(passed(result), `${JSON.stringify(result.codes)}\n${result.log}`);
          assertEquals(result.summary, "Nothing to change.\n");
        });

        await t.step("the key was never on disk, and its agent is gone", async () => {
          const key = (runner.secrets.HOLDFAST_SSH_KEY ?? "").split("\n")[1] ?? "";
          assert(key.length > 20);
          const words = ["grep", "-rlF", "-e", key, dir];
          const found = await new Deno.Command("grep", { args: words.slice(1) }).output();
          assertEquals([found.code, new TextDecoder().decode(found.stdout)], [1, ""]);
          assertEquals(await Array.fromAsync(Deno.readDir(runner.ssh)), []);
          const left = await Array.fromAsync(Deno.readDir(runner.temp));
          assert(!left.some(({ name }) => name.startsWith("agent")), "the agent still listens");
        });
      })),
});
