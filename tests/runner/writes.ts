/**
 * What the tests of writes share: files as they shall be, the text of a write, and pictures of a
 * folder that tell whether anything in it is another than before.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { FileSpec, Validation } from "../../src/model.ts";
import { writeScript } from "../../src/runner/write.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { type Shell, SHELLS } from "../ssh/shells.ts";

/** Whether these tests run as root, which a write must be. */
export const root = Deno.uid() === 0;

/** A file of root's. */
export function spec(path: string, content: string, mode = "0640"): FileSpec {
  return { path, content, mode, owner: "root", group: "root" };
}

/** The text of a write. */
export function script(
  files: readonly FileSpec[],
  before: Record<string, string> = {},
  validations: readonly Validation[] = [],
  record = ":",
): string {
  return writeScript({ kind: "write", summary: "", files, validations, before }, record);
}

/** Names in a folder. */
export async function listing(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

/** Everything below a folder: kind, inode, mode, owner, links, target, time and content. */
export async function picture(dir: string): Promise<string> {
  const { stdout } = await runSh(
    `cd '${dir}' && find . -mindepth 1 \\( -type d -printf '%p %y %i %m %U:%G\\n' -o -printf '%p %y %i %m %U:%G %n %l %T@\\n' \\) | sort
find . -type f -exec sha256sum {} + | sort`,
  );
  return stdout;
}

/** Runs a text and asserts that it refused with these words and changed nothing below a folder. */
export async function assertRefuses(
  dir: string,
  text: string,
  words: string,
  { argv }: Shell,
): Promise<void> {
  const before = await picture(dir);
  const { code, stderr } = await runSh(text, argv);
  assertEquals([code, stderr.trimEnd()], [1, words]);
  assertEquals(await picture(dir), before);
}

/** One test for each shell that a host may have, with a folder of its own. */
export function inShells(
  name: string,
  work: (dir: string, shell: Shell) => Promise<void>,
  ignore = false,
): void {
  for (const [of, shell] of Object.entries(SHELLS)) {
    const fn = () => withTempDir((dir) => work(dir, shell));
    Deno.test({ name: `${name}, in ${of}`, ignore: ignore || !root, fn });
  }
}

/** Whether programs are there that a test cannot do without; says what is left out when not. */
export function have(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => {
    const found = new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" });
    return !found.outputSync().success;
  });
  if (missing.length === 0) return true;
  console.warn(`tests/runner: ${missing.join(", ")} not installed, its cases are left out`);
  return false;
}

/** Does something while `chattr` protects a path. */
export async function protectedWith(
  flag: "i" | "a",
  path: string,
  act: () => Promise<void>,
): Promise<void> {
  const { code, stderr } = await runSh(`chattr +${flag} '${path}'`);
  assert(code === 0, stderr);
  try {
    await act();
  } finally {
    await runSh(`chattr -${flag} '${path}'`);
  }
}
