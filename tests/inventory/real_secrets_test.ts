import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { once } from "../../src/inventory/read.ts";
import { noSecrets, realSecrets, systemSecrets } from "../../src/inventory/real_secrets.ts";
import { ROOT, start } from "../commands/cli.ts";
import { withTempDir } from "../helpers.ts";

const NAME = "HOLDFAST_TEST_SECRET";

async function refusal(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, Error)).message;
}

Deno.test("realSecrets takes a variable out of the environment, and remembers it", async () => {
  Deno.env.set(NAME, "from-env");
  assertEquals(realSecrets.env(NAME), "from-env");
  assertEquals(realSecrets.env(NAME), "from-env");
  const child = await new Deno.Command("sh", { args: ["-c", `echo "[$${NAME}]"`] }).output();
  assertEquals(new TextDecoder().decode(child.stdout), "[]\n");
  assertEquals(realSecrets.env(`${NAME}_UNSET`), undefined);
});

Deno.test("noSecrets takes a variable out of the environment too, and gives nothing", async () => {
  Deno.env.set(NAME, "unread");
  assertEquals([noSecrets.env(NAME), await noSecrets.file("/nowhere")], ["", ""]);
  assertEquals(Deno.env.get(NAME), undefined);
});

Deno.test("realSecrets takes a file that only its owner may read, through links", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/pass`;
    await Deno.writeTextFile(path, "from-file\n", { mode: 0o600 });
    assertEquals(await realSecrets.file(path), "from-file\n");
    await Deno.symlink("pass", `${dir}/link`);
    assertEquals(await realSecrets.file(`${dir}/link`), "from-file\n");
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      await Deno.chmod(path, mode);
      for (const name of ["pass", "link"]) {
        // The name behind the link: that is the one to be changed.
        const typed = `type chmod 600 "${await Deno.realPath(path)}"`;
        const message = await refusal(realSecrets.file(`${dir}/${name}`));
        assertEquals(message, `others may read it (mode 0${mode.toString(8)}): ${typed}`);
      }
    }
  }));

Deno.test({
  name: "realSecrets refuses a file of another user",
  // Only root can give a file away.
  ignore: Deno.uid() !== 0,
  fn: () =>
    withTempDir(async (dir) => {
      const path = `${dir}/pass`;
      await Deno.writeTextFile(path, "x", { mode: 0o600 });
      await Deno.chown(path, 12345, 12345);
      const expected = 'it belongs to another user (12345): type chown "$(id -u)" ';
      assertStringIncludes(await refusal(realSecrets.file(path)), expected);
      // Who cannot ask who it is goes by its home.
      const code = `import { realSecrets } from "./src/inventory/real_secrets.ts";
await realSecrets.file(Deno.args[0]).then(console.log, (e) => console.log(e.message));`;
      const script = `${dir}/read.ts`;
      await Deno.writeTextFile(script, code.replace("./src", `${ROOT}src`));
      const flags = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env=HOME"]
        .concat([`--config=${ROOT}deno.json`]);
      const { out, err } = await start(Deno.execPath(), [...flags, script, path]);
      assertStringIncludes(out, expected, err);
    }),
});

Deno.test("realSecrets refuses what is no file, and what is too large", () =>
  withTempDir(async (dir) => {
    assertEquals(await refusal(realSecrets.file(dir)), "it is not a regular file");
    assertEquals(await refusal(realSecrets.file("/dev/zero")), "it is not a regular file");
    assertEquals(await refusal(realSecrets.file(`${dir}/none`)), "there is no such file");
    await Deno.writeTextFile(`${dir}/large`, "x".repeat(70_000), { mode: 0o600 });
    assertEquals(await refusal(realSecrets.file(`${dir}/large`)), "it is larger than 65536 bytes");
    await Deno.writeFile(`${dir}/bytes`, new Uint8Array([0xff]), { mode: 0o600 });
    assertEquals(await refusal(realSecrets.file(`${dir}/bytes`)), "it is not UTF-8 text");
  }));

Deno.test("realSecrets says what a program complained, without what it printed", async () => {
  const script = "echo half-a-secret; echo 'no: half-a-secret' >&2; echo 'is it open?' >&2; exit 3";
  const message = await refusal(realSecrets.command(["sh", "-c", script]));
  assertEquals(message, "it ended with 3: no: [secret] | is it open?");
  assertEquals(
    await refusal(realSecrets.command(["sh", "-c", "kill -9 $$"])),
    "it was ended by SIGKILL",
  );
});

Deno.test("realSecrets ends a program that takes too long or prints too much", async () => {
  const hasty = systemSecrets(300);
  const late = await refusal(hasty.command(["sh", "-c", "exec sleep 600"]));
  assertEquals(late, "it took longer than 0.3 s");
  // What it started holds the output open.
  const held = await refusal(hasty.command(["sh", "-c", "sleep 3; :"]));
  assertEquals(held, "it took longer than 0.3 s");
  const much = await refusal(realSecrets.command(["sh", "-c", "exec cat /dev/zero"]));
  assertEquals(much, "it printed more than 65536 bytes");
});

Deno.test("once() asks once for each place", async () => {
  const asked: string[] = [];
  const reader = once({
    env: (name) => (asked.push(name), "e"),
    file: (path) => (asked.push(path), Promise.resolve("f")),
    command: (argv) => (asked.push(argv.join(" ")), Promise.reject(new Error("no"))),
  });
  for (let i = 0; i < 3; i++) {
    assertEquals([reader.env("A"), await reader.file("A")], ["e", "f"]);
    assertEquals(await refusal(reader.command(["A", "b"])), "no");
  }
  assert(reader.blind === false);
  assertEquals(asked, ["A", "A", "A b"]);
});
