/** `placement apply` where nothing can be written, and what its options are for. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { withTempDir } from "../../helpers.ts";
import { cli, type CliResult } from "../cli.ts";

const inventory = (second: string) =>
  `all:
  vars: { placement: { groups: { masters: { policy: anti_affinity } } } }
  children:
    masters:
      hosts: { m1: { failure_domain: a }, m2: { failure_domain: ${second} } }
`;

async function run(second: string, words: readonly string[]): Promise<CliResult> {
  let result: CliResult = { code: -1, out: "", err: "" };
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, inventory(second));
    const [word = "", ...more] = words;
    const flags = ["--no-prompt", "--allow-read", "--allow-env"];
    result = await cli(["placement", word, file, ...more], { flags });
  });
  return result;
}

Deno.test("placement apply says that declared failure domains have no rules", async () => {
  const nothing =
    "Nothing to write for the placement of all: provider inventory has no rules\nno rules written; ";
  const apart = await run("b", ["apply"]);
  assertEquals([apart.code, apart.err], [0, ""]);
  assertStringIncludes(apart.out, `\n\n${nothing}nobody shares a failure domain\n`);
  // No machine moves by itself: nobody waits for it.
  const shared = await run("a", ["apply", "--wait", "10m"]);
  assertEquals(shared.code, 3);
  assertStringIncludes(shared.out, `${nothing}1 failure domain shared\n`);
  assertStringIncludes(shared.err, 'Members of group "masters" share failure domain "a"');
  const checked = await run("a", ["apply", "-C"]);
  assertEquals(checked.code, 2);
});

Deno.test("placement apply tells of options that do nothing", async () => {
  const { code, out, err } = await run("b", ["apply", "--prune", "--take-over", "--wait", "1s"]);
  assertEquals([code, out.includes("Nothing to write")], [0, true]);
  for (const option of ["--wait", "--prune", "--take-over"]) {
    const said =
      `note: ${option} does nothing for the placement of "all": provider inventory has no `;
    assertStringIncludes(err, `${said}rules [option-unused]`);
  }
  const data = await run("b", ["apply", "--prune", "--json"]);
  assertEquals([data.code, JSON.parse(data.out).written], [0, []]);
  assertStringIncludes(data.err, "--prune does nothing");
  const waited = await run("b", ["apply", "-C", "--wait", "10s"]);
  assertEquals([waited.code, waited.out], [1, ""]);
  assertStringIncludes(waited.err, "Cannot use --wait with --check");
});

Deno.test("placement check refuses options that are about writing", async () => {
  for (const [option, ...value] of [["--wait", "10s"], ["--prune"], ["--take-over"]] as const) {
    const { code, out, err } = await run("b", ["check", option, ...value]);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, `Cannot use ${option} with placement check, which writes nothing`);
  }
  assertEquals((await run("b", ["check", "-C", "-D"])).code, 0);
});
