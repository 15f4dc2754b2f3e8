/**
 * `deno task bundle [FOLDER]`: Holdfast in one folder that needs nothing but deno: no network, no
 * cache, no configuration. What a command does not use is in files that it does not read.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { OWN_SCRIPTS } from "../src/own_files.ts";

const ROOT = dirname(import.meta.dirname ?? fromFileUrl(new URL(".", import.meta.url)));

/** What comes along as it is. */
const FILES = ["templates", "LICENSE", "schema"];

/**
 * Makes the bundle. Another one that is there is replaced once this one is whole.
 *
 * @returns the launcher
 * @throws {Error} when the folder holds something else, or the bundler fails
 */
export async function bundle(folder: string): Promise<string> {
  const part = `${folder}.part`;
  await Deno.remove(part, { recursive: true }).catch(() => {});
  await refuseOther(folder);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--code-splitting", "--outdir", part, "cli.ts", ...OWN_SCRIPTS],
    cwd: ROOT,
  });
  if (!(await command.spawn().status).success) throw new Error("Cannot bundle: see above");
  for (const name of FILES) await copy(join(ROOT, name), join(part, name));
  await copy(join(ROOT, "packaging/holdfast"), join(part, "holdfast"));
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.rename(part, folder);
  return join(folder, "holdfast");
}

/** One mistyped word must not cost a folder of somebody's. */
async function refuseOther(folder: string): Promise<void> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (names.length === 0 || names.includes("cli.js")) return;
  throw new Error(`Cannot bundle into "${folder}": something else is there`);
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

if (import.meta.main) {
  try {
    console.log(`${await bundle(Deno.args[0] ?? join(ROOT, "dist"))} starts Holdfast`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
