/** What `lint` prints is what it counts, whoever found it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { INVENTORY_WARNINGS } from "../../src/commands/lint/own_codes.ts";
import { withTempDir } from "../helpers.ts";
import { cli, DEAD_END, ROOT } from "./cli.ts";

/** An inventory without a trap but a password that everybody can read. */
const PLAIN = DEAD_END.replace("endpoint: { ", "endpoint: { vrrp: { auth_pass: s3cret-1 }, ");

/** Lints an inventory, and gives how that ended. */
async function lint(text: string, more: readonly string[] = []) {
  let result = { code: -1, out: "", err: "" };
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, text);
    result = await cli(["lint", "hosts.yaml", ...more], { cwd: dir });
  });
  return result;
}

Deno.test("lint counts a warning of the inventory itself, and shows it with the others", async () => {
  const { code, out, err } = await lint(PLAIN);
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out.replace(/^load_balancers predicted.*$/m, "(predictions)"),
    `hosts.yaml:8:40: warning: "vrrp.auth_pass" of endpoint "load_balancers" is readable in this file by everyone who can read the file [plain-secret]
    8 |         endpoint: { vrrp: { auth_pass: ******** }, address: 10.0.0.10, backends: [
      |                                        ^^^^^^^^
   hint: auth_pass: { env: VRRP_PASS }

(predictions)

0 errors, 1 warning
`,
  );
});

Deno.test("lint --strict ends with 1 for a warning of the inventory itself, unless it is ignored", async () => {
  const strict = await lint(PLAIN, ["--strict"]);
  assertEquals([strict.code, strict.out.includes("\n0 errors, 1 warning\n")], [1, true]);
  const left = await lint(PLAIN, ["--strict", "--ignore", "plain-secret"]);
  assertEquals([left.code, left.err, left.out.includes("plain-secret")], [0, "", false]);
  assertStringIncludes(left.out, "\n0 errors, 0 warnings\n");
  const near = await lint(PLAIN, ["--ignore", "plain-secrets"]);
  assertStringIncludes(near.err, 'Cannot find lint "plain-secrets"');
  assertStringIncludes(near.err, "   hint: plain-secret\n");
});

Deno.test("lint counts the warnings of all, and explains one of those that it knows more of", async () => {
  const two = PLAIN.replace("endpoint: { ", "endpoint: { slo: { failover: 1s }, ");
  const { out } = await lint(two);
  assertStringIncludes(
    out,
    "\n0 errors, 2 warnings\nWhat one of them is about: holdfast lint --explain slo-missed\n",
  );
});

Deno.test("lint counts what an inventory is refused for", async () => {
  const wrong = PLAIN.replace("endpoint: { ", "endpoint: { bogus: 1, ")
    .replace("ansible_port: 1", "ansible_port: none");
  const { code, out, err } = await lint(wrong);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "[unknown-key]");
  assertEquals(err.split("\n").slice(-3), ["", "2 errors, 1 warning", ""], err);
  const machine = await lint(wrong, ["--json"]);
  const severities = machine.out.trim().split("\n").map((line) => JSON.parse(line))
    .flatMap(({ diagnostic }) => diagnostic?.severity ?? []);
  assertEquals(severities.toSorted(), ["error", "error", "warning"]);
});

Deno.test("every warning that an inventory can have can be left out", async () => {
  const codes = new Set<string>();
  for await (const path of sources(`${ROOT}src/inventory`)) {
    const text = await Deno.readTextFile(path);
    // The place before a code may be a call with texts of its own; a code has a comma on both sides.
    for (const [, call = ""] of text.matchAll(CALL)) {
      const [code] = call.match(/(?<=, ")[a-z-]+(?=",)/) ?? [];
      if (code !== undefined) codes.add(code);
    }
  }
  assertEquals([...codes].toSorted(), [...INVENTORY_WARNINGS]);
});

const CALL = /\bwarningAt\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/g;

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (name.endsWith(".ts")) yield path;
  }
}
