/**
 * The command `lab`. It reads its own words; its code is imported when it is chosen.
 * @module
 */
import type { Command } from "commander";
import type { Line } from "./options.ts";

/** First words that `lab` understands, for completions; its own help explains them. */
export const LAB_WORDS = ["up", "down", "status", "ssh", "power", "api"] as const;

/** Declares lab. */
export function declareLab(program: Command, { perform, io }: Line): void {
  program.command("lab").argument("[args...]")
    .description("real hosts on this machine: up, down, status, ssh NAME")
    .summary("real hosts to try it on: up, down, status, ...")
    .helpOption(false).allowUnknownOption().passThroughOptions()
    .action(async (args: string[]) => {
      const act = async () => {
        const { labCommand } = await import("../../lab/cli.ts");
        const line = (write: (text: string) => void) => (text: string) => write(`${text}\n`);
        return await labCommand(args, { out: line(io.out), err: line(io.err) });
      };
      // Help needs no permission; what stands behind `ssh` is the host's.
      await perform(asksHelp(args) ? "help" : "lab", act);
    });
}

function asksHelp(args: readonly string[]): boolean {
  const [first = "--help"] = args;
  return first === "-h" || first === "--help" ||
    (first !== "ssh" && args.some((word) => word === "-h" || word === "--help"));
}
