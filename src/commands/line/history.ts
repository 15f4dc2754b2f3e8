/**
 * The commands that look back: rollback and history.
 * @module
 */
import type { Command } from "commander";
import type { HistoryFlags } from "../history.ts";
import type { RollbackFlags } from "../rollback.ts";
import { collect, count, EXTRA_VARS, type Line, reportFiles, withLockTimeout } from "./options.ts";

/** Declares rollback and history. */
export function declareHistory(program: Command, { perform, io }: Line): void {
  withLockTimeout(withConnection(
    program.command("rollback").argument("<inventory>")
      .description("bring hosts back to how they were before the last run that was kept")
      .summary("back to before the last run")
      .optionsGroup("What to do:")
      .option("--to <run>", "back to before this run of history, and all after it")
      .option("-C, --check", "only say what would change")
      .option("-D, --diff", "show the difference of every file"),
  )).optionsGroup("Output:")
    .option("--json", "print one event a line")
    .option("--report <kind[:file]>", "also report as junit, github, jsonl or html", collect)
    .action((inventory: string, flags: RollbackFlags) =>
      perform("rollback", async () => {
        const { rollbackInventory } = await import("../rollback.ts");
        return await rollbackInventory(inventory, flags, io);
      }, { inventory, writes: reportFiles(flags.report) })
    );
  withConnection(
    program.command("history").argument("<inventory>")
      .description("the last ten runs of each host: what they changed, and whether it was kept")
      .summary("runs of each host, kept or undone"),
  ).optionsGroup("Output:").option("--json", "as data")
    .action((inventory: string, flags: HistoryFlags) =>
      perform("history", async () => {
        const { showHistory } = await import("../history.ts");
        return await showHistory(inventory, flags, io);
      }, { inventory })
    );
}

function withConnection(command: Command): Command {
  return command
    .optionsGroup("Selection:")
    .option("-l, --limit <pattern>", "hosts to work on: names, groups, wildcards, lb:!lb2")
    .optionsGroup("Connection:")
    .option("-u, --user <name>", "log in as this user")
    .option("-b, --become", "go through sudo")
    .option("-K, --ask-become-pass", "ask for the sudo password")
    .option("-f, --forks <n>", "hosts at the same time", count, 10)
    .optionsGroup("Variables:")
    .option(...EXTRA_VARS, collect);
}
