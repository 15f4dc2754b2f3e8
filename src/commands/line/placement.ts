/**
 * The command placement.
 * @module
 */
import { Argument, type Command } from "commander";
import type { PlacementFlags } from "../placement/check.ts";
import { collect, EXTRA_VARS, type Line } from "./options.ts";

/** What `placement` does: the word behind it. */
export const PLACEMENT_WORDS = ["check"] as const;

/** Declares placement. */
export function declarePlacement(program: Command, { perform, io }: Line): void {
  program.command("placement").addArgument(new Argument("<what>").choices(PLACEMENT_WORDS))
    .argument("<inventory>")
    .description(
      "check: which members of a group share a physical host or a failure domain; exit 2 when " +
        "some do",
    )
    .summary("check: who shares a physical host")
    .option("--json", "print JSON")
    .option(...EXTRA_VARS, collect)
    .action((_what: (typeof PLACEMENT_WORDS)[number], inventory: string, flags: PlacementFlags) =>
      perform("placement", async () => {
        const { checkPlacement } = await import("../placement/check.ts");
        return await checkPlacement(inventory, flags, io);
      }, { inventory })
    );
}
