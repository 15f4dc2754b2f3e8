/**
 * The command line: names, flags and help. A command's code is imported when it is chosen.
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { EXIT } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";
import type { Wants } from "./permissions.ts";
import type { RunFlags } from "./run.ts";

/** Does what a command says. */
export type Runner = (
  command: string,
  act: () => Promise<number>,
  wants?: Wants,
) => Promise<void>;

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new InvalidArgumentError("Expected a whole number from 1.");
  }
  return number;
}

function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  if (match === null) throw new InvalidArgumentError("Expected a time such as 10s or 500ms.");
  const unit = { ms: 1, s: 1000, m: 60_000 }[match[2] ?? "s"] ?? 1000;
  return Number(match[1]) * unit;
}

const collect = (value: string, before: string[] = []) => [...before, value];

/** Flags that every command with a run shares, spelled as Ansible spells them. */
function withRunFlags<A extends unknown[], O extends Record<string, unknown>>(
  command: Command<A, O>,
) {
  return command
    .option("-l, --limit <pattern>", "hosts to work on: names, groups, wildcards, lb:!lb2")
    .option("-t, --tags <tags>", "only tasks with one of these tags, comma separated", collect)
    .option("--skip-tags <tags>", "no tasks with one of these tags", collect)
    .option("--start-at-task <name>", "begin with the task of this name")
    .option("--list-hosts", "list the hosts that would be worked on, and do nothing")
    .option("--list-tasks", "list the tasks, and do nothing")
    .option("--list-tags", "list the tags, and do nothing")
    .option("-f, --forks <n>", "hosts at the same time", count, 10)
    .option("-e, --extra-vars <vars>", "k=v, JSON or @file; may be repeated", collect)
    .option("-u, --user <name>", "log in as this user")
    .option("-b, --become", "go through sudo")
    .option("-K, --ask-become-pass", "ask for the sudo password")
    .option("--play <file>", "a play of your own, in place of the built-in one")
    .option("--json", "print one event a line")
    .option(
      "--report <kind[:file]>",
      "also report as junit, github or jsonl; may be repeated",
      collect,
    );
}

/** What a run needs; a listing reads no secret and contacts no host. */
function runWants(inventory: string, flags: RunFlags, writes: readonly string[] = []): Wants {
  const { listHosts, listTasks, listTags } = flags;
  const offline = listHosts === true || listTasks === true || listTags === true;
  if (offline) return { offline };
  return { inventory, writes: [...reportFiles(flags.report), ...writes] };
}

/** Files that the reports of a run are written to. */
function reportFiles(reports: readonly string[] = []): string[] {
  return reports.flatMap((report) => {
    const at = report.indexOf(":");
    const file = at === -1 ? "" : report.slice(at + 1);
    // Neither can be granted; the run refuses both, with all other mistakes.
    return file === "" || file.includes(",") ? [] : [file];
  });
}

/** Makes the program. `perform` is called with the chosen command and the work it means. */
export function makeProgram(perform: Runner, io: Io): Command {
  const program = new Command("holdfast")
    .description(
      "A highly available endpoint in front of Kubernetes API servers: declared, deployed, proven",
    )
    .version(VERSION)
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError("(add --help for the flags of a command)")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      // Else variables are read to find out, which needs a permission: help needs none.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });

  withRunFlags(
    program.command("apply").argument("<inventory>")
      .description("make it true on the hosts; doing it again changes nothing")
      .option("-C, --check", "only say what would change")
      .option("-D, --diff", "show the difference of every file")
      .option("--step", "ask before each change"),
  ).action((inventory, flags) =>
    perform(
      "apply",
      () => runCommand(flags.check ? "check" : "apply", inventory, flags, io),
      runWants(inventory, flags),
    )
  );

  withRunFlags(
    program.command("check").argument("<inventory>")
      .description("say what apply would change, with differences; exit 2 when there is something")
      .option("--out <file>", "save the plan, for apply FILE")
      // Everybody's habit; check is both anyway.
      .addOption(new Option("-C, --check").hideHelp())
      .addOption(new Option("-D, --diff").hideHelp()),
  ).action((inventory, flags) =>
    perform(
      "check",
      () => runCommand("check", inventory, { ...flags, diff: true }, io),
      runWants(inventory, flags, flags.out === undefined ? [] : [flags.out]),
    )
  );

  withRunFlags(
    program.command("verify").argument("<inventory>")
      .description("read-only: one holder of the address, and the endpoint answers")
      .option("--wait <time>", "how long it may take to become true", seconds, 0),
  ).action((inventory, flags) =>
    perform(
      "verify",
      () => runCommand("verify", inventory, { ...flags, waitMs: flags.wait }, io),
      runWants(inventory, flags),
    )
  );

  program.command("render").argument("<inventory>")
    .description("write the files of every host into a folder, without touching a host")
    .addOption(new Option("--out <dir>", "the folder").makeOptionMandatory())
    .option("-l, --limit <pattern>", "hosts to render for")
    .option("-e, --extra-vars <vars>", "k=v, JSON or @file; may be repeated", collect)
    .action((inventory, flags) =>
      perform("render", async () => {
        const { render } = await import("./render.ts");
        return await render(inventory, { ...flags, out: String(flags.out) }, io);
      }, { inventory })
    );

  program.command("inventory").argument("<inventory>")
    .description("what an inventory says, in the shape of ansible-inventory")
    .option("--list", "every group and host, as JSON")
    .option("--host <name>", "the variables of one host, as JSON")
    .option("--graph", "the tree of groups")
    .option("--vars", "with --graph: variables too")
    .option("-l, --limit <pattern>", "hosts to list")
    .option("-e, --extra-vars <vars>", "k=v, JSON or @file; may be repeated", collect)
    .action((inventory, flags) =>
      perform("inventory", async () => {
        const { inventoryCommand } = await import("./inventory.ts");
        return await inventoryCommand(inventory, flags, io);
      }, { inventory })
    );

  program.command("explain").argument("<inventory>").argument("<host>").argument("[key]")
    .description("where a value of a host comes from, and what it overrode")
    .option("--json", "print JSON")
    .option("-e, --extra-vars <vars>", "k=v, JSON or @file; may be repeated", collect)
    .action((inventory, host, key, flags) =>
      perform("explain", async () => {
        const { explain } = await import("./explain.ts");
        return await explain(inventory, host, key, flags, io);
      }, { inventory })
    );

  program.command("report").argument("<run>")
    .description("show a finished run again, from the file that --report jsonl:FILE wrote")
    .option("-D, --diff", "show the difference of every file")
    .option("--report <kind[:file]>", "also report as junit, github or jsonl", collect)
    .action((run, flags) =>
      perform("report", async () => {
        const { redraw } = await import("./redraw.ts");
        return await redraw(run, flags, io);
      }, { writes: reportFiles(flags.report) })
    );

  program.command("schema")
    .description("the JSON Schema of the inventory's endpoint map, for editors")
    .action(() =>
      perform("schema", async () => {
        const { schema } = await import("./schema.ts");
        return schema(io);
      })
    );

  program.command("completions").argument("<shell>")
    .description("completions for bash, zsh or fish")
    .action((shell) =>
      perform("completions", async () => {
        const { completions } = await import("./completions.ts");
        return await completions(shell, io);
      })
    );

  program.command("lab").argument("[args...]")
    .description("real hosts on this machine: up, down, status, ssh NAME")
    .helpOption(false).allowUnknownOption().passThroughOptions()
    .action((args) =>
      perform("lab", async () => {
        const { labCommand } = await import("../lab/cli.ts");
        const line = (write: (text: string) => void) => (text: string) => write(`${text}\n`);
        return await labCommand(args, { out: line(io.out), err: line(io.err) });
      })
    );
  return program;
}

async function runCommand(
  mode: "apply" | "check" | "verify",
  inventory: string,
  flags: RunFlags,
  io: Io,
): Promise<number> {
  const { runInventory } = await import("./run.ts");
  return await runInventory(mode, inventory, flags, io);
}

/** The exit code that a usage error of the command line means; help and version are none. */
export function usageExit(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
