import { assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { join } from "@std/path";
import {
  checkPlacement,
  exitCode,
  type PlacementFlags,
} from "../../../src/commands/placement/check.ts";
import type { PlacementPlan } from "../../../src/placement/plan_model.ts";
import { withTempDir } from "../../helpers.ts";
import { cli } from "../cli.ts";

/** An inventory of masters and workers in failure domains; an empty one is none. */
function inventory(masters: readonly string[], workers: readonly string[] = []): string {
  const lines = (name: string, domains: readonly string[]) =>
    domains.map((domain, i) =>
      `        ${name}${i + 1}: {${domain === "" ? "" : ` failure_domain: ${domain} `}}`
    ).join("\n");
  return `all:
  vars:
    placement:
      groups:
        masters: { policy: anti_affinity }
        workers: { policy: spread }
  children:
    masters:
      hosts:
${lines("m", masters)}
    workers:
      hosts:
${lines("w", workers)}
`;
}

/** What a check prints, with paths that begin at the inventory's folder. */
async function run(text: string, flags: PlacementFlags = {}) {
  const printed = { out: "", err: "", code: 0 };
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "hosts.yaml"), text);
    const plain = (line: string) => stripAnsiCode(line).replaceAll(`${dir}/`, "");
    printed.code = await checkPlacement(join(dir, "hosts.yaml"), flags, {
      out: (line) => printed.out += plain(line),
      err: (line) => printed.err += plain(line),
    });
  });
  return printed;
}

Deno.test("placement check says that all is apart, and ends with 0", async () => {
  assertEquals(await run(inventory(["a", "b", "c"], ["a", "a", "b", "b", "c", "d"])), {
    out: `masters: 3 members in 3 of 4 failure domains (wanted: each alone): ok
workers: 6 members in 4 of 4 failure domains (wanted: at most 2 in one): ok
`,
    err: "",
    code: 0,
  });
});

Deno.test("placement check names who shares a failure domain and where it is written, and ends with 2", async () => {
  const found = await run(inventory(["a", "b", "a"], ["a", "a", "a", "b", "c"]));
  assertEquals(found, {
    out: `masters: 3 members in 2 of 3 failure domains (wanted: each alone): not kept apart
  shared a: m1, m3
workers: 5 members in 3 of 3 failure domains (wanted: at most 2 in one): not spread evenly
  shared a: w1, w2, w3
`,
    err:
      `hosts.yaml:12:31: Members of group "masters" share failure domain "a": "m1" and "m3" [shared-domain]
   12 |         m3: { failure_domain: a }
      |                               ^
hosts.yaml:17:31: Members of group "workers" share failure domain "a": "w1", "w2" and "w3"; at most 2 of them would be there, spread evenly [shared-domain]
   17 |         w3: { failure_domain: a }
      |                               ^
`,
    code: 2,
  });
});

Deno.test("placement check says of whom it knows nothing", async () => {
  const { out, err, code } = await run(inventory(["a", "", ""], ["b"]));
  assertEquals(code, 0);
  assertStringIncludes(
    out,
    "masters: 3 members in 1 of 2 failure domains (wanted: each alone): not known of 2\n",
  );
  assertStringIncludes(
    err,
    'hosts.yaml:11:9: warning: It is not known what is shared with "m2" and "m3" of group ' +
      '"masters": there is no "failure_domain" [place-unknown]',
  );
  assertStringIncludes(
    err,
    'hosts.yaml:5:18: warning: Cannot keep the 3 members of group "masters" apart: the inventory ' +
      "has 2 failure domains for it [no-room]",
  );
});

Deno.test("placement check says how many failure domains lack", async () => {
  const { err } = await run(inventory(["a", "b", "c", "a", "b"]));
  assertStringIncludes(err, "hint: 2 more failure domains, or policy: spread\n");
  assertStringIncludes((await run(inventory(["a", "b", "a"]))).err, "hint: 1 more failure domain,");
});

Deno.test("placement check warns of a group without hosts, and does not call it ok", async () => {
  const text = inventory(["a", "b"]).replace("      hosts:\n\n", "");
  const { out, err, code } = await run(text);
  assertEquals(code, 0);
  assertStringIncludes(
    out,
    "workers: 0 members in 0 of 0 failure domains (wanted: at most 1 in one): empty\n",
  );
  assertStringIncludes(
    err,
    'hosts.yaml:6:18: warning: Group "workers" has no members [group-empty]',
  );
});

Deno.test("blanks around a failure domain make no other one of it", async () => {
  const { out, code } = await run(inventory(["x", '"x "', '" y"'], ["y"]));
  assertEquals(code, 2);
  assertStringIncludes(out, "masters: 3 members in 2 of 2 failure domains");
  assertStringIncludes(out, "  shared x: m1, m2\n");
});

Deno.test("placement check takes a failure domain from the command line", async () => {
  const { code } = await run(inventory(["a", "b"]), { extraVars: ["failure_domain=z"] });
  assertEquals(code, 2);
});

Deno.test("placement check --json is data, and says the same", async () => {
  const { out, code } = await run(inventory(["a", "a", ""], ["b"]), { json: true });
  assertEquals(code, 2);
  const { format, placements: [found, ...more] } = JSON.parse(out);
  assertEquals([format, more], [1, []]);
  assertEquals(
    [found.placement, found.provider, found.enforced, found.places],
    ["all", "inventory", false, "domains"],
  );
  assertEquals(found.groups[0], {
    name: "masters",
    policy: "anti_affinity",
    members: 3,
    hosts: ["a"],
    usable: 2,
    most: 1,
    unknown: ["m3"],
  });
  assertEquals(found.violations, [{ group: "masters", host: "a", members: ["m1", "m2"], most: 1 }]);
  assertEquals([found.changes, found.errors, found.notes], [[], [], []]);
  assertEquals(found.warnings.map(({ code }: { code: string }) => code), [
    "place-unknown",
    "no-room",
  ]);
});

Deno.test("placement check prints every placement, each with its own group's domains", async () => {
  const { out, code } = await run(`all:
  children:
    one:
      vars: { placement: { groups: { one: { policy: anti_affinity } } } }
      hosts: { a1: { failure_domain: x }, a2: { failure_domain: y } }
    two:
      vars: { placement: { groups: { two: { policy: anti_affinity } } } }
      hosts: { b1: { failure_domain: x }, b2: { failure_domain: x } }
    elsewhere: { hosts: { c1: { failure_domain: far } } }
`);
  assertEquals(code, 2);
  assertEquals(
    out,
    `placement of one
one: 2 members in 2 of 2 failure domains (wanted: each alone): ok

placement of two
two: 2 members in 1 of 1 failure domain (wanted: each alone): not kept apart
  shared x: b1, b2
`,
  );
});

Deno.test("placement check shows what to add where there is no placement", async () => {
  const { out, err, code } = await run("all: { hosts: { a: {} } }");
  assertEquals([out, code], ["", 1]);
  assertStringIncludes(err, 'Cannot check "hosts.yaml": no group has a "placement" map');
  assertStringIncludes(err, "policy: anti_affinity");
});

Deno.test("placement check says what is wrong with a placement, and looks at nothing", async () => {
  const text = inventory(["a", "a"]).replace("spread", "spred");
  const { out, err, code } = await run(text);
  assertEquals([out, code], ["", 1]);
  assertStringIncludes(err, 'found "spred", expected anti_affinity or spread');
});

Deno.test("placement check takes no name with control characters, and shows none", async () => {
  const { out, err, code } = await run(inventory(['"\\u009b31m"', "a"]));
  assertEquals([out, code], ["", 1]);
  assertStringIncludes(err, 'Cannot use "failure_domain" of host "m1"');
  assertEquals(/[\u0080-\u009f]/.test(err), false, err);
});

Deno.test("a plan that cannot be carried out is a mistake, whatever else is not as wished", () => {
  const error = { severity: "error" as const, code: "no-room", message: "" };
  const violation = { group: "masters", host: "e1", members: ["m1", "m2"], most: 1 };
  const rule = { name: "x", mandatory: false, pool: "C0", vms: ["1", "2"] };
  const change = { kind: "create" as const, group: "masters", rule };
  const none = { groups: [], violations: [], changes: [], errors: [], warnings: [], notes: [] };
  const code = (...plans: Partial<PlacementPlan>[]) =>
    exitCode(plans.map((it) => ({ ...none, ...it })));
  assertEquals(code({}, {}), 0);
  assertEquals(code({ warnings: [{ ...error, severity: "warning" }] }), 0);
  assertEquals(code({}, { violations: [violation] }), 2);
  assertEquals(code({ changes: [change] }, {}), 2);
  assertEquals(code({ violations: [violation] }, { errors: [error] }), 1);
});

Deno.test("the command line knows placement check, and refuses other words", async () => {
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, inventory(["a", "a"]));
    const shared = await cli(["placement", "check", file]);
    assertEquals(shared.code, 2);
    assertStringIncludes(shared.out, "  shared a: m1, m2\n");
    const wrong = await cli(["placement", "chek", file]);
    assertEquals(wrong.code, 1);
    assertStringIncludes(wrong.err, "chek");
  });
});
