/** What check and apply say of placements, before they contact a host. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { withTempDir } from "../../helpers.ts";
import { cli, type CliResult, DEAD_END } from "../cli.ts";

/** Two load balancers in one failure domain, at a port where nobody listens. */
const inventory = (placement: string) =>
  DEAD_END.replace(
    "ansible_port: 1",
    `ansible_port: 1\n    failure_domain: esx-01\n    ${placement}`,
  );

const PLACEMENT = "placement: { groups: { load_balancers: { policy: anti_affinity } } }";
const SHARED =
  'Members of group "load_balancers" share failure domain "esx-01": "lb1" and "lb2" [shared-domain]';

function run(placement: string, args: readonly string[]): Promise<CliResult> {
  return runText(inventory(placement), args);
}

async function runText(text: string, args: readonly string[]): Promise<CliResult> {
  let result: CliResult = { code: -1, out: "", err: "" };
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, text);
    const [command = "", ...more] = args;
    result = await cli([command, file, ...more]);
  });
  return result;
}

for (const command of ["check", "apply"]) {
  Deno.test(`${command} warns of members that share a failure domain, and goes on`, async () => {
    const { code, err } = await run(PLACEMENT, [command]);
    assertEquals(code, 4);
    assertStringIncludes(err, `hosts.yaml:5:21: warning: ${SHARED}`);
  });

  Deno.test(`${command} contacts no host where a placement is required and does not hold`, async () => {
    const required = PLACEMENT.replace("{ groups", "{ required: true, groups");
    const { code, err, out } = await run(required, [command]);
    assertEquals(code, 1);
    assertStringIncludes(err, `hosts.yaml:5:21: ${SHARED}`);
    assert(!`${out}${err}`.includes("Cannot connect"), err);
  });
}

Deno.test("members of whom nothing is known are a warning, and an error where that is required", async () => {
  const required = PLACEMENT.replace("{ groups", "{ required: true, groups");
  const all = (text: string) =>
    inventory(text).replace("    failure_domain: esx-01\n", "").replace(
      /lb2: \{ ?/,
      "lb2: { failure_domain: esx-02, ",
    );
  const unknown = (who: string) =>
    `It is not known what is shared with ${who} of group "load_balancers": there is no ` +
    '"failure_domain" [place-unknown]';
  const one = unknown('"lb1"');
  const warned = await runText(all(PLACEMENT), ["check"]);
  assertEquals(warned.code, 4);
  assertStringIncludes(warned.err, `warning: ${one}`);
  for (const command of ["check", "apply"]) {
    const refused = await runText(all(required), [command]);
    assertEquals([refused.code, refused.err.includes("Cannot connect")], [1, false]);
    assertStringIncludes(refused.err, `:11:16: ${one}`);
    assertStringIncludes(refused.err, "hint: failure_domain: NAME");
  }
  const none = await runText(all(required).replace("failure_domain: esx-02, ", ""), ["check"]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.err, unknown('"lb1" and "lb2"'));
});

Deno.test("a group of one shares a place with nobody, so nothing need be known of it", async () => {
  const required = PLACEMENT.replace("{ groups", "{ required: true, groups");
  const alone = inventory(required).replace("    failure_domain: esx-01\n", "")
    .replace(/, lb2: \{[^}]*\}/, "");
  const { code, err } = await runText(alone, ["check"]);
  assertEquals([code, err.includes("place-unknown")], [4, false]);
});

Deno.test("verify, a listing, and hosts of another placement hear nothing of it", async () => {
  const required = PLACEMENT.replace("{ groups", "{ required: true, groups");
  const verified = await run(required, ["verify"]);
  assertEquals([verified.code, verified.err.includes("shared-domain")], [4, false]);
  const listed = await run(required, ["apply", "--list-hosts"]);
  assertEquals([listed.code, listed.err.includes("shared-domain")], [0, false]);
  const other = await run(
    "placement: { required: true, groups: { ungrouped: { policy: anti_affinity } } }",
    ["check"],
  );
  assertEquals([other.code, other.err.includes("shared-domain")], [4, false]);
});

Deno.test("a platform is asked by a run only where that is required, and then it must be possible", async () => {
  const vsphere = (more: string) =>
    `placement: { ${more}provider: vsphere, cluster_name: prod, vsphere: { server: vc.example.com }, ` +
    "groups: { load_balancers: { policy: anti_affinity } } }";
  const passed = await run(vsphere(""), ["check"]);
  assertEquals([passed.code, passed.err.includes("placement")], [4, false]);
  const refused = await run(vsphere("required: true, "), ["check"]);
  assertEquals(refused.code, 1);
  const place = 'placement of group "all" from the environment variable';
  assertStringIncludes(refused.err, `Cannot read vsphere.user of ${place} "VSPHERE_USER"`);
  assertStringIncludes(refused.err, `Cannot read vsphere.password of ${place} "VSPHERE_PASSWORD"`);
});
