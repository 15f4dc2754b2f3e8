/**
 * The command placement.
 * @module
 */
import { Argument, type Command } from "commander";
import { EXIT } from "../../errors.ts";
import type { Io } from "../io.ts";
import type { ApplyFlags } from "../placement/apply.ts";
import { collect, EXTRA_VARS, type Line, milliseconds } from "./options.ts";

/** What `placement` does: the word behind it. */
export const PLACEMENT_WORDS = ["check", "apply"] as const;

/** Declares placement. */
export function declarePlacement(program: Command, { perform, io }: Line): void {
  program.command("placement").addArgument(new Argument("<what>").choices(PLACEMENT_WORDS))
    .argument("<inventory>")
    .description(
      "check: which members of a group share a physical host or a failure domain; exit 2 when " +
        "some do, or when a rule of the platform is not as it should be. apply: write these rules; " +
        "exit 3 when some still share one afterwards",
    )
    .summary("check, apply: who shares a physical host")
    .optionsGroup("What to do:")
    .option("-D, --diff", "show what differs in every rule")
    .option("-C, --check", "apply: only say what would be written")
    .option("--wait <time>", "apply: how long machines may take to be moved apart", milliseconds)
    .option("--prune", "apply: remove rules of groups that are gone")
    .option(
      "--take-over",
      "apply: a rule of our name may lose machines that no group has, or go with them",
    )
    .optionsGroup("Variables:")
    .option(...EXTRA_VARS, collect)
    .optionsGroup("Output:")
    .option("--json", "print JSON")
    .action((what: (typeof PLACEMENT_WORDS)[number], inventory: string, flags: ApplyFlags) =>
      perform("placement", () => placement(what, inventory, flags, io), { inventory })
    );
}

async function placement(
  what: (typeof PLACEMENT_WORDS)[number],
  inventory: string,
  flags: ApplyFlags,
  io: Io,
): Promise<number> {
  if (what === "apply") {
    if (flags.check === true && flags.wait !== undefined) {
      io.err("Cannot use --wait with --check, which moves nothing: leave one of them out\n");
      return EXIT.usage;
    }
    const { applyPlacement } = await import("../placement/apply.ts");
    return await applyPlacement(inventory, flags, io);
  }
  const { wait, prune, takeOver } = flags;
  const [wrong] = [
    ...wait === undefined ? [] : ["--wait"],
    ...prune === undefined ? [] : ["--prune"],
    ...takeOver === undefined ? [] : ["--take-over"],
  ];
  if (wrong !== undefined) {
    io.err(
      `Cannot use ${wrong} with placement check, which writes nothing: type placement apply\n`,
    );
    return EXIT.usage;
  }
  const { checkPlacement } = await import("../placement/check.ts");
  return await checkPlacement(inventory, flags, io);
}
