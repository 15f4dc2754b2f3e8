/** The bundle does what the sources do, with deno alone: no cache, no configuration, no network. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { bundle } from "../packaging/bundle.ts";
import { cli, DEAD_END, plainEnv } from "./commands/cli.ts";
import { withTempDir } from "./helpers.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program in a folder where nothing of Holdfast's is, with a cache of its own. */
async function run(
  program: string,
  args: readonly string[],
  dir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd: dir,
    clearEnv: true,
    env: { ...plainEnv(), HOLDFAST_DENO: Deno.execPath(), DENO_DIR: join(dir, "cache"), ...env },
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

Deno.test("the bundle does what the sources do, from any folder", () =>
  withTempDir(async (dir) => {
    const launcher = await bundle(join(dir, "dist"));
    await Deno.mkdir(join(dir, "bin"));
    await Deno.mkdir(join(dir, "work"));
    const link = join(dir, "bin", "holdfast");
    await Deno.symlink(launcher, link);
    const work = join(dir, "work");
    await Deno.writeTextFile(join(work, "hosts.yaml"), DEAD_END);
    // One that would break what takes it for its own.
    await Deno.writeTextFile(join(work, "deno.json"), '{ "imports": { "zod": "./none.ts" } }');
    for (
      const words of [
        ["--version"],
        ["schema"],
        ["lint", "hosts.yaml"],
        ["simulate", "hosts.yaml", "--json"],
        ["check", "hosts.yaml", "--list-tasks"],
      ]
    ) {
      const bundled = await run(link, words, work);
      assertEquals(bundled, await cli(words, { cwd: work }), words.join(" "));
    }
    // Hosts that nobody can reach: ssh was started, with exactly the permissions that takes.
    const check = await run(link, ["check", "hosts.yaml"], work);
    assertEquals([check.code, check.err], [4, ""]);
    assertStringIncludes(check.out, 'Cannot open a shell on "lb1" (127.0.0.1:1)');
    const rendered = await run(link, ["render", "hosts.yaml", "--out", "files"], work);
    assertEquals(rendered.code, 0, rendered.err);
    assertStringIncludes(
      await Deno.readTextFile(`${work}/files/lb1/etc/haproxy/haproxy.cfg`),
      "m1",
    );
    // No way to fetch what it lacks: it lacks nothing.
    assert(!rendered.err.includes("Download"), rendered.err);

    const lacking = await run(link, ["--version"], work, { HOLDFAST_DENO: "no-deno" });
    assertEquals([lacking.code, lacking.out], [1, ""]);
    assertStringIncludes(lacking.err, "there is no no-deno on this machine");
  }));

Deno.test("a bundle takes the place of a bundle, and of nothing else", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "mine"), "x");
    await assertRejects(() => bundle(dir), Error, "something else is there");
    assertEquals(await Deno.readTextFile(join(dir, "mine")), "x");
    await Deno.mkdir(join(dir, "old"));
    await Deno.writeTextFile(join(dir, "old", "cli.js"), "old");
    await bundle(join(dir, "old"));
    assert((await Deno.readTextFile(join(dir, "old", "cli.js"))).length > 10_000);
  }));
