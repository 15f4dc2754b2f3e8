/** What docs/fleet says to type is what the program takes, with exactly its permissions. */
import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "yaml";
import { denoArgs } from "../../src/commands/permissions.ts";
import { makeProgram } from "../../src/commands/program.ts";

const read = (name: string) =>
  Deno.readTextFileSync(new URL(`../../docs/fleet/${name}`, import.meta.url));

interface Job {
  readonly spec: {
    readonly completionMode: string;
    readonly completions: number;
    readonly backoffLimitPerIndex: number;
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly { readonly command: readonly string[] }[];
      };
    };
  };
}

/** The words of a shell's command line, as a shell reads them. */
async function words(line: string): Promise<string[]> {
  const args = ["-c", `deno() { printf '%s\\0' "$@"; }; ${line}`];
  const { stdout } = await new Deno.Command("sh", { args, stdin: "null" }).output();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

/** The command that a command line means; nothing is done. */
async function commandOf(args: readonly string[]): Promise<string> {
  const said: string[] = [];
  let name = "";
  const program = makeProgram((command) => {
    name = command;
    return Promise.resolve();
  }, { out: () => {}, err: (text) => said.push(text) });
  await program.parseAsync([...args], { from: "user" });
  assertEquals(said, []);
  return name;
}

Deno.test("the Job runs as many parts as it has pods, with the permissions of apply and its own", async () => {
  const { spec } = parse(read("job.yaml")) as Job;
  const { completionMode, completions, template: { spec: pod } } = spec;
  assertEquals([completionMode, spec.backoffLimitPerIndex], ["Indexed", 0]);
  assertEquals(pod.restartPolicy, "Never");
  const script = pod.containers[0]?.command[2] ?? "";
  const typed = await words(script.replace("exec ", "").replace(/2>\S+/, ""));
  const at = typed.findIndex((word) => word.endsWith("cli.ts"));
  const args = typed.slice(at + 1);
  assertMatch(args.join(" "), new RegExp(`--shard job/${completions} `));
  assertEquals(await commandOf(args), "apply");
  const wants = { env: [], programs: [], variables: ["JOB_COMPLETION_INDEX"] };
  const needed = denoArgs("apply", typed[at] ?? "", args, wants);
  // The order of flags, and of what they allow, is no matter.
  const sorted = (all: readonly string[]) =>
    all.map((word) => word.split("=").map((it) => it.split(",").toSorted().join()).join("="))
      .toSorted();
  assertEquals(sorted(typed), sorted(needed));
});

Deno.test("every command line of docs/fleet is one", async () => {
  const lines = [...read("README.md").matchAll(/^(?: {4}- )?deno run cli\.ts (.*)$/gm)]
    .map(([, line = ""]) => line.replace("$CI_NODE_INDEX/$CI_NODE_TOTAL", "1/5"));
  assertEquals(lines.length, 5);
  const commands = [];
  for (const line of lines) commands.push(await commandOf(await words(`deno ${line}`)));
  assertEquals(commands, ["apply", "report", "apply", "report", "report"]);
});
