/** The workflows that users copy say what they must, and nothing that would hurt. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "yaml";
import { denoArgs } from "../src/commands/permissions.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly environment?: string;
  readonly if?: string;
  readonly concurrency?: Readonly<Record<string, unknown>>;
  readonly "timeout-minutes"?: number;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (name: string) =>
  Deno.readTextFileSync(new URL(`../docs/ci/${name}`, import.meta.url));
const text = read("github.yml");
const workflow: Workflow = parse(text);
const jobs = Object.entries(workflow.jobs);
const lines = (source: string) => [...source.matchAll(/deno run .*$/gm)].map(([line]) => line);

Deno.test("the workflow may read the repository and nothing else", () => {
  assertEquals(workflow.permissions, { contents: "read" });
  assert(!text.includes("pull_request_target"), "it would give a fork the secrets");
  for (const [name, { environment, "timeout-minutes": minutes }] of jobs) {
    assert(environment !== undefined && minutes !== undefined, name);
  }
});

Deno.test("the workflow pins its actions, and leaves no token behind", () => {
  for (const { uses = "", with: options } of jobs.flatMap(([, { steps }]) => steps)) {
    if (uses === "") continue;
    assertMatch(uses, /^actions\/[a-z-]+@v\d+$/);
    if (uses.startsWith("actions/checkout")) assertEquals(options?.["persist-credentials"], false);
  }
});

Deno.test("a fork's pull request reaches no host, and applies never overlap", () => {
  const { check, apply } = workflow.jobs;
  assertMatch(check?.if ?? "", /head\.repo\.full_name == github\.repository/);
  assertMatch(apply?.if ?? "", /== 'push'/);
  assertEquals(apply?.concurrency?.["cancel-in-progress"], false);
});

Deno.test("no script holds an expression, which whoever names a branch could write shell into", () => {
  for (const { run = "" } of jobs.flatMap(([, { steps }]) => steps)) {
    assert(!run.includes("${{"), run);
  }
});

for (const name of ["github.yml", "gitlab.yml"]) {
  Deno.test(`${name} gives each command exactly the permissions that it asks for`, () => {
    const found = lines(read(name));
    assertEquals(found.map((line) => / cli\.ts |\/cli\.ts (\w+)/.exec(line)?.[1]), [
      "check",
      "apply",
      "verify",
    ]);
    for (const line of found) {
      const [, command = ""] = /\/cli\.ts (\w+)/.exec(line) ?? [];
      const said = line.replaceAll("'", "").split(" ");
      const reports = said.flatMap((word) => /^(?:junit|jsonl):(.+)$/.exec(word)?.[1] ?? []);
      const wanted = denoArgs(command, "holdfast/cli.ts", [command])
        .filter((word) => word.startsWith("-"));
      const folder = reports.length === 0 ? [] : ["--allow-write=reports"];
      const flags = said.slice(2, said.indexOf("holdfast/cli.ts"));
      assertEquals(flags.toSorted(), [...wanted, ...folder].toSorted());
      assert(reports.every((path) => path.startsWith("reports/")));
    }
  });
}
