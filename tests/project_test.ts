import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { makeProgram } from "../src/commands/program.ts";
import { loadInventory } from "../src/inventory/load.ts";
import { VERSION } from "../src/version.ts";
import { withTempDir } from "./helpers.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url)).replace(/\/$/, "");
const text = (path: string) => Deno.readTextFile(join(ROOT, path));
const manifest = JSON.parse(await text("deno.json"));

/** What a stranger's copy of the project holds: what git knows, else what lies in the folder. */
async function files(): Promise<readonly string[]> {
  const { code, stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z"],
    cwd: ROOT,
    stderr: "null",
  }).output().catch(() => ({ code: 1, stdout: new Uint8Array() }));
  const tracked = new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "");
  if (code === 0 && tracked.length > 0) return await existing(tracked);
  return await Array.fromAsync(walk(ROOT));
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    paths.map((path) => Deno.lstat(join(ROOT, path)).then(({ isFile }) => isFile, () => false)),
  );
  return paths.filter((_, i) => there[i]);
}

async function* walk(dir: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(dir)) {
    if (name === ".git" || name === "node_modules") continue;
    if (isDirectory) yield* walk(join(dir, name));
    if (isFile) yield join(dir, name).slice(ROOT.length + 1);
  }
}

const FILES = await files();
const DOCS = FILES.filter((path) => path.endsWith(".md") && !path.startsWith("tests/"));

/** Lines of files in which something stands that must not. */
async function linesWith(
  pattern: RegExp,
  paths: readonly string[] = FILES,
): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(async (path) => {
    const lines = (await text(path)).split("\n");
    return lines.flatMap((line, i) =>
      pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : []
    );
  }));
  return found.flat();
}

const literal = (words: string) => words.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

Deno.test("the version is the same wherever it stands", () => {
  assertEquals(manifest.version, VERSION);
});

Deno.test("no file holds a path of the machine on which it was written", async () => {
  const here = new RegExp(`${literal(ROOT)}(?![\\w-])`);
  if (ROOT.split("/").length > 2) assertEquals(await linesWith(here), []);
  // Tests of real hosts name those hosts' homes.
  const others = FILES.filter((path) => !/^tests\/(lab|ssh)\//.test(path));
  const homes = ["home", "Users"].map((it) => `/${it}/(?!deploy\\b)[a-z]`).join("|");
  assertEquals(await linesWith(new RegExp(`(^|[\\s"'\`=:(])(${homes})`), others), []);
});

Deno.test("no file names a package registry's host", async () => {
  const hosts = ["npmjs\\.(?:org|com)", "\\bregistry\\.[a-z]", "\\bjsr\\.io/", "artifact" + "ory"];
  const others = FILES.filter((path) => path !== "tests/project_test.ts");
  assertEquals(await linesWith(new RegExp(hosts.join("|"), "i"), others), []);
});

Deno.test("no file speaks of unfinished work", async () => {
  const words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "T" + "BD", "W" + "IP"];
  assertEquals(await linesWith(new RegExp(`\\b(${words.join("|")})\\b`)), []);
});

Deno.test("every task says what it does", () => {
  for (const [name, task] of Object.entries<{ description?: string }>(manifest.tasks)) {
    assert((task.description ?? "").length > 10, `task ${name}`);
  }
});

Deno.test("the changelog has a place for what comes", async () => {
  assertMatch(await text("CHANGELOG.md"), /^## \[?Unreleased\]?$/m);
});

Deno.test("the README and the documents name commands, flags and tasks that exist", async () => {
  const io = { out: () => {}, err: () => {} };
  const commands = new Map(
    makeProgram(() => Promise.resolve(), io).commands.map((it) => [it.name(), it]),
  );
  const wrong: string[] = [];
  let seen = 0;
  for (const path of DOCS) {
    for (
      const [line, name = "", rest = ""] of (await text(path)).matchAll(
        /cli\.ts ([a-z]+)([^#`\n]*)/g,
      )
    ) {
      const command = commands.get(name);
      const known = command?.options.flatMap(({ long, short }) => [long, short]) ?? [];
      const flags = name === "lab" ? [] : rest.match(/(?<=\s)--?[A-Za-z][\w-]*/g) ?? [];
      const unknown = flags.filter((flag) => !["--help", "-h", ...known].includes(flag));
      if (command === undefined || unknown.length > 0) wrong.push(`${path}: ${line}`);
      seen += 1;
    }
    for (
      const [line, name = ""] of (await text(path)).matchAll(
        /deno(?:@[\d.]+)? task ([a-z:]*[a-z])/g,
      )
    ) {
      if (!(name in manifest.tasks)) wrong.push(`${path}: ${line}`);
    }
  }
  assertEquals(wrong, []);
  assert(seen > 0, "no command was found");
});

Deno.test("the documents link to files that exist", async () => {
  const wrong: string[] = [];
  for (const path of DOCS) {
    for (const [, target = ""] of (await text(path)).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const there = await Deno.stat(join(ROOT, dirname(path), target)).then(
        () => true,
        () => false,
      );
      if (!there) wrong.push(`${path}: ${target}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("the README's inventory is one that Holdfast reads", () =>
  withTempDir(async (dir) => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(await text("README.md"))?.[1] ?? "";
    // The CA is the reader's own.
    await Deno.writeTextFile(`${dir}/hosts.yaml`, yaml.replace(/^ *ca_file:.*\n/m, ""));
    const { inventory } = await loadInventory(`${dir}/hosts.yaml`);
    assertEquals(inventory.endpoints.map(({ members }) => members.length), [2]);
  }));
