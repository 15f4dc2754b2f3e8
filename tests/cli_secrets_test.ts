import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cli, DEAD_END, ROOT } from "./commands/cli.ts";
import { withTempDir } from "./helpers.ts";

const CANARY = "c4n@ry-7";

const INVENTORY = DEAD_END.replace(
  "backends: [",
  "profile: guide, vrrp: { auth_pass: { env: CANARY } }, backends: [",
);

/** Runs a check with a play whose tasks do this; `secret` is the VRRP password. */
async function withPlay(body: string) {
  let run = { code: -1, out: "", err: "" };
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, INVENTORY);
    const play = `export default { name: "x", packages: [], handlers: () => [], checks: () => [],
  tasks: ({ vrrp }) => { const secret = vrrp.authPass.reveal(); ${body} } };`;
    await Deno.writeTextFile(`${dir}/play.ts`, play);
    const args = ["check", `${dir}/hosts.yaml`, "--play", `${dir}/play.ts`];
    run = await cli(args, { env: { CANARY }, cwd: ROOT });
  });
  return run;
}

const THROWN: Readonly<Record<string, string>> = {
  "an error": "throw new Error(`refused: ${secret}\\x1b[2J`);",
  "text": "throw `refused: ${encodeURIComponent(secret)}`;",
  "an error that nobody waits for":
    "Promise.reject(new Error(`refused: ${btoa(secret)}`)); return [];",
};

for (const [what, body] of Object.entries(THROWN)) {
  Deno.test(`a bug that throws ${what} is reported without the secret in it`, async () => {
    const { code, out, err } = await withPlay(body);
    assertEquals(code, 70, err);
    assertStringIncludes(err, "This is a bug in Holdfast");
    assertStringIncludes(err, "refused: [secret]");
    for (const form of [CANARY, encodeURIComponent(CANARY), btoa(CANARY), "\x1b"]) {
      assert(!`${out}${err}`.includes(form), err);
    }
  });
}
