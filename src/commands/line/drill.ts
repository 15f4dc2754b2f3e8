/**
 * The command drill.
 * @module
 */
import { type Command, Option } from "commander";
import type { DrillFlags } from "../drill.ts";
import {
  collect,
  count,
  EXTRA_VARS,
  type Line,
  milliseconds,
  reportFiles,
  whole,
  withLockTimeout,
} from "./options.ts";

/** Declares drill. */
export function declareDrill(program: Command, { perform, io }: Line): void {
  withConnection(
    program.command("drill").argument("<inventory>").argument("[names...]")
      .description(
        "break one thing after the other, measure what a client feels, and heal it whatever happens",
      )
      .summary("break one thing, measure, heal it")
      .optionsGroup("What to do:")
      .option("--list", "list the drills and which would be skipped, and do nothing")
      .addOption(
        new Option("--profile-suite <suite>", "quick or full, where no names are given")
          .choices(["quick", "full"]).default("quick"),
      )
      .option(
        "--max-outage <time>",
        "most that an outage may be; else slo.failover holds",
        milliseconds,
      )
      .option("--repeat <n>", "how often to run each drill", count, 1)
      .option(
        "--retries <n>",
        "how often to run again what could not be measured; not where a host goes down",
        whole,
        2,
      )
      .option("--yes", "also where the inventory says production: true")
      .option("--drill <file>", "drills of your own, too; may be repeated", collect)
      .option("--compare <file>", "say what got slower than in an earlier run's jsonl"),
  ).action((inventory: string, names: string[], flags: DrillFlags) =>
    perform("drill", async () => {
      const { drillInventory } = await import("../drill.ts");
      return await drillInventory(inventory, names, flags, io);
    }, flags.list === true ? { offline: true } : { inventory, writes: reportFiles(flags.report) })
  );
}

function withConnection(command: Command): Command {
  return withLockTimeout(
    command
      .optionsGroup("Connection:")
      .option("-u, --user <name>", "log in as this user")
      .option("-b, --become", "go through sudo")
      .option("-K, --ask-become-pass", "ask for the sudo password")
      .optionsGroup("Variables:")
      .option(...EXTRA_VARS, collect)
      .optionsGroup("Output:")
      .option("--json", "print one event a line")
      .option(
        "--report <kind[:file]>",
        "also report as junit, github, jsonl or html; may be repeated",
        collect,
      ),
  );
}
