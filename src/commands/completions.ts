/**
 * The command `completions`.
 * @module
 */
import { EXIT } from "../errors.ts";
import { completionScript, type ShellName } from "./complete/scripts.ts";
import type { Io } from "./io.ts";

/** Prints the completion script of a shell, for this copy of Holdfast. */
export function completions(shell: ShellName, io: Io): number {
  const cli = new URL("../../cli.ts", import.meta.url);
  const path = cli.protocol === "file:" ? decodeURIComponent(cli.pathname) : cli.href;
  io.out(completionScript(shell, { deno: Deno.execPath(), cli: path }));
  return EXIT.ok;
}
