import { assert, assertEquals } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";

const SCRIPT = "/x/cli.ts";

/** Names of the permissions of a command, without what they are limited to. */
function granted(command: string): string[] {
  const args = denoArgs(command, SCRIPT, [command, "hosts.yaml"]);
  return args.filter((arg) => arg.startsWith("--allow-")).map((arg) => arg.split("=")[0] ?? "")
    .sort();
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  apply: ["--allow-env", "--allow-read", "--allow-run"],
  check: ["--allow-env", "--allow-read", "--allow-run"],
  verify: ["--allow-env", "--allow-read", "--allow-run"],
  render: ["--allow-env", "--allow-read", "--allow-write"],
  lab: ["--allow-all"],
};

for (const [command, flags] of Object.entries(NEEDED)) {
  Deno.test(`denoArgs() gives ${command} what it needs and no more`, () => {
    assertEquals(granted(command), flags);
  });
}

Deno.test("denoArgs() lets a run start nothing but ssh, and hides other variables", () => {
  const args = denoArgs("apply", SCRIPT, ["apply", "hosts.yaml", "--", "-x"]);
  assertEquals(args.slice(0, 2), ["run", "--no-prompt"]);
  assert(args.includes("--allow-run=ssh") && args.includes("--ignore-env"), args.join(" "));
  assertEquals(args.slice(args.indexOf(SCRIPT)), [SCRIPT, "apply", "hosts.yaml", "--", "-x"]);
  const variables = args.find((arg) => arg.startsWith("--allow-env="))?.split(/[=,]/).slice(1);
  assertEquals(variables?.includes("VRRP_PASS"), true);
  assertEquals(variables?.some((name) => /^\*|SSH_AUTH_SOCK|TOKEN/.test(name)), false);
});

Deno.test("denoArgs() lets a listing start nothing", () => {
  const args = denoArgs("apply", SCRIPT, ["apply", "hosts.yaml", "--list-tasks"], {
    env: [],
    programs: [],
    offline: true,
  });
  assertEquals(args.some((arg) => arg.startsWith("--allow-run")), false);
  assert(args.includes("--allow-read"));
});
