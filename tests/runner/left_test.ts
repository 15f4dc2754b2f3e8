import { assertEquals, assertStringIncludes } from "@std/assert";
import { runSh, withTempDir } from "../helpers.ts";
import { type Shell, textOf, until } from "../ssh/shells.ts";
import { inShells, listing, picture, root, script, spec } from "./writes.ts";

const refusing = { name: "daemon -t", script: "echo no; exit 1" };

inShells("a refused write takes the folders that it made with it", async (dir, shell) => {
  await Deno.mkdir(`${dir}/was`);
  const before = await picture(dir);
  const files = ["was/a", "new/b", "new/deep/er/c", "was/sub/d"].map((name) =>
    spec(`${dir}/${name}`, "x")
  );
  const { code, stderr } = await runSh(script(files, {}, [refusing]), shell.argv);
  assertEquals([code, stderr], [1, "daemon -t refuses it:\nno\n"]);
  assertEquals(await picture(dir), before);
});

inShells("a folder that somebody has used meanwhile stays", async (dir, shell) => {
  const record = `echo theirs > ${dir}/new/theirs; exit 7`;
  const text = script([spec(`${dir}/new/deep/a`, "x")], {}, [], record);
  assertEquals((await runSh(text, shell.argv)).code, 7);
  assertEquals(await listing(`${dir}/new`), ["theirs"]);
});

inShells("what is recorded can name the folders that were made", async (dir, shell) => {
  const path = `${dir}/it's new/deep/a`;
  const { code, stdout } = await runSh(
    script([spec(path, "x")], {}, [], "made_folders"),
    shell.argv,
  );
  assertEquals([code, stdout], [0, `${dir}/it's new/deep\n${dir}/it's new\n`]);
  const { mode } = await Deno.stat(`${dir}/it's new`);
  assertEquals((mode ?? 0) & 0o777, 0o755);
});

/** Starts a write whose validation lasts, in a process group of its own, and waits until it does. */
async function underWay(dir: string, { argv }: Shell): Promise<Deno.ChildProcess> {
  const lasting = { name: "wait", script: `echo $$ > ${dir}/flag; sleep 600` };
  const files = [spec(`${dir}/etc/a`, "new"), spec(`${dir}/etc/sub/b`, "new")];
  const text = script(files, { [`${dir}/etc/a`]: "old" }, [lasting]);
  const child = new Deno.Command("setsid", {
    args: [...argv, "-c", text],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  if (await until(() => textOf(`${dir}/flag`).endsWith("\n"))) return child;
  await runSh(`kill -KILL -${child.pid}`);
  throw new Error("the write never came to its validation");
}

/** Folders in /run of a write, by its process. */
async function shadows(pid: number): Promise<string[]> {
  return (await listing("/run")).filter((name) => name.startsWith(`holdfast.${pid}.`));
}

for (const signal of ["TERM", "HUP", "INT", "PIPE"]) {
  inShells(`a write that is ended by ${signal} leaves nothing`, async (dir, shell) => {
    await Deno.mkdir(`${dir}/etc`);
    await Deno.writeTextFile(`${dir}/etc/a`, "old");
    const before = await picture(`${dir}/etc`);
    const child = await underWay(dir, shell);
    assertEquals((await shadows(child.pid)).length, 1);
    await runSh(`kill -${signal} -${child.pid}`);
    // What waits for the daemon ignores none of them, and has ended with the group.
    assertEquals((await child.status).code, 143);
    assertEquals(await picture(`${dir}/etc`), before);
    assertEquals(await shadows(child.pid), []);
  });
}

inShells("the next write sweeps what a killed one left", async (dir, shell) => {
  await Deno.mkdir(`${dir}/etc`);
  await Deno.writeTextFile(`${dir}/etc/a`, "old");
  const child = await underWay(dir, shell);
  await runSh(`kill -KILL -${child.pid}`);
  await child.status;
  assertEquals((await listing(`${dir}/etc`)).length, 3);
  assertEquals((await shadows(child.pid)).length, 1);
  assertEquals(await Deno.readTextFile(`${dir}/etc/a`), "old");
  // Even one that is refused.
  const next = script([spec(`${dir}/etc/a`, "new"), spec(`${dir}/etc/sub/b`, "")], {}, []);
  assertStringIncludes((await runSh(next, shell.argv)).stderr, "has changed since");
  assertEquals(await listing(`${dir}/etc`), ["a", "sub"]);
  assertEquals(await listing(`${dir}/etc/sub`), []);
  assertEquals(await shadows(child.pid), []);
});

Deno.test({
  name: "a write that fails to record moves nothing and leaves nothing",
  ignore: !root,
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/a`, "old");
      const before = await picture(dir);
      const text = script([spec(`${dir}/a`, "new")], { [`${dir}/a`]: "old" }, [], "exit 5");
      assertEquals((await runSh(text)).code, 5);
      assertEquals(await picture(dir), before);
    }),
});
