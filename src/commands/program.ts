/**
 * The command line: names, options and help. A command's code is imported when it is chosen; what
 * is declared here needs no permission.
 * @module
 */
import { Command, CommanderError, Option } from "commander";
import { EXIT } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";
import { declareDrill } from "./line/drill.ts";
import { declareHistory } from "./line/history.ts";
import { helpText } from "./line/help.ts";
import { declareLab } from "./line/lab.ts";
import { mistakeText } from "./line/mistakes.ts";
import type { Line, Runner } from "./line/options.ts";
import { declarePlacement } from "./line/placement.ts";
import { declareRead } from "./line/read.ts";
import { declareRun } from "./line/run.ts";
import type { CommandShape } from "./line/shape.ts";
import { declareShell } from "./line/shell.ts";
import { terminalColumns } from "./terminal_columns.ts";

export type { Runner } from "./line/options.ts";

/** How the program looks. */
export interface ProgramOptions {
  /** Columns that help may use. @default the terminal's, else 80 */
  readonly columns?: number;
}

/** Makes the program. `perform` is called with the chosen command and the work it means. */
export function makeProgram(
  perform: Runner,
  io: Io,
  { columns = terminalColumns() }: ProgramOptions = {},
): Command {
  const program = new Command("holdfast");
  setUp(program, io, columns);
  const line: Line = { perform, io };
  program.commandsGroup("Hosts:");
  declareRun(program, line);
  declareHistory(program, line);
  declareDrill(program, line);
  program.commandsGroup("Inventory:");
  declareRead(program, line);
  declarePlacement(program, line);
  program.commandsGroup("This machine:");
  declareLab(program, line);
  declareShell(program, line);
  sayMistakes(program, io);
  for (const command of program.commands) sayMistakes(command, io);
  return program;
}

function setUp(program: Command, io: Io, columns: number): void {
  program
    .description(
      "a highly available endpoint in front of Kubernetes API servers: declared, deployed, proven",
    )
    .addHelpOption(new Option("-h, --help", "show this help").helpGroup("Other:"))
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureHelp({
      formatHelp: (command, helper) => helpText(command, helper.helpWidth ?? columns),
    })
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      // Else variables are read to find out, which needs a permission: help needs none.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .optionsGroup("Other:")
    .version(VERSION, "-V, --version", "say the version");
}

/** Mistakes are said in our words; commander's are not for people who do not know it. */
function sayMistakes(command: CommandShape & Pick<Command, "error">, io: Io): void {
  command.error = (message, { code = "", exitCode = EXIT.usage } = {}) => {
    io.err(mistakeText(command, code, message));
    throw new CommanderError(exitCode, code, message);
  };
}

/** The exit code that a usage error of the command line means; help and version are none. */
export function usageExit(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
