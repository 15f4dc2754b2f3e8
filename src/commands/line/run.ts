/**
 * The commands that work on hosts, apply, check and verify, and report, which shows it again.
 * @module
 */
import { type Command, Option } from "commander";
import { EXIT } from "../../errors.ts";
import type { Mode } from "../../events.ts";
import type { Io } from "../io.ts";
import type { Wants } from "../permissions.ts";
import type { RedrawFlags } from "../redraw.ts";
import type { RunFlags } from "../run.ts";
import { JOB_INDEX } from "../shard.ts";
import {
  batchSizes,
  collect,
  type Line,
  milliseconds,
  percentage,
  reportFiles,
  withLockTimeout,
  withRunFlags,
} from "./options.ts";

/** Declares apply, check, verify and report. */
export function declareRun(program: Command, line: Line): void {
  declareApply(program, line);
  declareCheck(program, line);
  declareVerify(program, line);
  declareReport(program, line);
}

function declareApply(program: Command, { perform, io }: Line): void {
  withLockTimeout(withRunFlags(
    program.command("apply").argument("<inventory>")
      .description("make it true on the hosts; doing it again changes nothing")
      .summary("make it true; again changes nothing")
      .optionsGroup("What to do:")
      .option("-C, --check", "only say what would change")
      .option("-D, --diff", "show the difference of every file")
      .option("--step", "ask before each change")
      .option(
        "--skip-preflight <names>",
        "go on in spite of what these preflights find, comma separated",
        collect,
      )
      .optionsGroup("Several endpoints:")
      .option(
        "--serial <sizes>",
        "how many begin together: 2, 25%, or batches as 1,25%,100%",
        batchSizes,
      )
      .option(
        "--max-fail-percentage <n>",
        "begin no further one once more of all hosts failed; 0 with batches",
        percentage,
      ),
  )).action((inventory: string, flags: RunFlags) =>
    perform(
      "apply",
      () => runCommand(flags.check ? "check" : "apply", inventory, flags, io),
      runWants(inventory, flags),
    )
  );
}

function declareCheck(program: Command, { perform, io }: Line): void {
  withRunFlags(
    program.command("check").argument("<inventory>")
      .description("say what apply would change, with differences; exit 2 when there is something")
      .summary("say what apply would change, with differences")
      .optionsGroup("What to do:")
      .option("--out <file>", "save the plan, for apply FILE")
      .option(
        "--skip-preflight <names>",
        "go on in spite of what these preflights find, comma separated",
        collect,
      )
      // Everybody's habit; check is both anyway.
      .addOption(new Option("-C, --check").hideHelp())
      .addOption(new Option("-D, --diff").hideHelp()),
  ).action((inventory: string, flags: RunFlags) =>
    perform(
      "check",
      () => runCommand("check", inventory, { ...flags, diff: true }, io),
      runWants(inventory, flags, flags.out === undefined ? [] : [flags.out]),
    )
  );
}

const TASKS: ReadonlySet<string> = new Set(["--tags", "--skip-tags", "--start-at-task"]);

function declareVerify(program: Command, { perform, io }: Line): void {
  const command = withRunFlags(
    program.command("verify").argument("<inventory>")
      .description("read-only: one holder of the address, and the endpoint answers")
      .summary("read-only: one holder, the endpoint answers")
      .optionsGroup("What to do:")
      .option("--wait <time>", "how long it may take to become true", milliseconds, 0),
  );
  // It does no task: what chooses tasks is known to it, so that it can say so, and not offered.
  for (const option of command.options) option.hidden ||= TASKS.has(option.long ?? "");
  command.action((inventory: string, flags: RunFlags & { readonly wait: number }) =>
    perform(
      "verify",
      () => runCommand("verify", inventory, { ...flags, waitMs: flags.wait }, io),
      runWants(inventory, flags),
    )
  );
}

function declareReport(program: Command, { perform, io }: Line): void {
  program.command("report").argument("<run>").argument("[parts...]")
    .description(
      "show a finished run again, from the file that --report jsonl:FILE wrote; report merge " +
        "FILES: the parts of a fleet as one run, with its exit code",
    )
    .summary("show a finished run again")
    .option("-D, --diff", "show the difference of every file")
    .option("--report <kind[:file]>", "also report as junit, github, jsonl or html", collect)
    .option("--html <file>", "write one page with every timeline; --report html:FILE says the same")
    .option("--json", "print one event a line")
    .action((
      run: string,
      parts: readonly string[],
      { html, ...flags }: RedrawFlags & { readonly html?: string },
    ) => {
      const report = [...flags.report ?? [], ...html === undefined ? [] : [`html:${html}`]];
      return perform(
        "report",
        () => reportOf(run, parts, { ...flags, report }, io),
        { writes: reportFiles(report) },
      );
    });
}

/** `report merge` takes the parts of a fleet's run; a file of that name is `./merge`. */
async function reportOf(
  run: string,
  parts: readonly string[],
  flags: RedrawFlags,
  io: Io,
): Promise<number> {
  if (run !== "merge") {
    if (parts.length > 0) {
      io.err(`Cannot show several runs: to join the parts of one, type report merge FILES\n`);
      return EXIT.usage;
    }
    const { redraw } = await import("../redraw.ts");
    return await redraw(run, flags, io);
  }
  if (parts.length === 0) {
    io.err("Cannot join runs: none is named; type report merge FILES\n");
    return EXIT.usage;
  }
  const { mergeRuns } = await import("../merge/merge.ts");
  return await mergeRuns(parts, flags, io);
}

/** What a run needs; a listing reads no secret and contacts no host. */
function runWants(inventory: string, flags: RunFlags, writes: readonly string[] = []): Wants {
  const { listHosts, listTasks, listTags } = flags;
  const offline = listHosts === true || listTasks === true || listTags === true;
  const variables = flags.shard?.index === "job" ? [JOB_INDEX] : [];
  if (offline) return { offline, variables };
  return { inventory, variables, writes: [...reportFiles(flags.report), ...writes] };
}

async function runCommand(
  mode: Mode,
  inventory: string,
  flags: RunFlags,
  io: Io,
): Promise<number> {
  const { runInventory } = await import("../run.ts");
  return await runInventory(mode, inventory, flags, io);
}
