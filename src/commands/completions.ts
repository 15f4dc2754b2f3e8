/**
 * The command `completions`.
 * @module
 */
import { EXIT } from "../errors.ts";
import { ownScript } from "../own_files.ts";
import { completionScript, type ShellName } from "./complete/scripts.ts";
import type { Io } from "./io.ts";

/** Prints the completion script of a shell, for this copy of Holdfast. */
export function completions(shell: ShellName, io: Io): number {
  const cli = ownScript("cli.ts");
  const path = cli.protocol === "file:" ? decodeURIComponent(cli.pathname) : cli.href;
  io.out(completionScript(shell, { deno: Deno.execPath(), cli: path }));
  return EXIT.ok;
}
