/**
 * The commands for the person at the shell: completions, help, and what completions ask.
 * @module
 */
import { Argument, type Command } from "commander";
import { EXIT } from "../../errors.ts";
import type { ShellName } from "../complete/scripts.ts";
import type { Line } from "./options.ts";

/** Shells that completions exist for. */
export const SHELLS: readonly ShellName[] = ["bash", "zsh", "fish"];

/** Declares completions, help and the hidden `__complete`. */
export function declareShell(program: Command, { perform, io }: Line): void {
  program.command("completions").addArgument(new Argument("<shell>").choices(SHELLS))
    .description("the completion script for bash, zsh or fish")
    .summary("completions for bash, zsh or fish")
    .action((shell: ShellName) =>
      perform("completions", async () => {
        const { completions } = await import("../completions.ts");
        return completions(shell, io);
      })
    );

  program.command("help").argument("[command]")
    .description("this help, or that of a command")
    .action(async (name: string | undefined) => {
      if (name === undefined) program.outputHelp();
      else if (program.commands.some((it) => it.name() === name)) {
        await program.parseAsync([name, "--help"], { from: "user" });
      } else {
        program.error(`error: unknown command '${name}'`, { code: "commander.unknownCommand" });
      }
    });

  // Asked by the completion scripts; its words are those of another line.
  program.command("__complete", { hidden: true }).argument("[words...]")
    .helpOption(false).allowUnknownOption().passThroughOptions()
    .action((words: string[]) =>
      perform("help", async () => {
        const { complete } = await import("../complete/complete.ts");
        await complete(program, words, io);
        return EXIT.ok;
      })
    );
}
