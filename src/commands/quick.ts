/**
 * What a line that only asks for help, the version or completions is answered, before anything is
 * loaded that understands all other lines. The answers are the same as theirs.
 * @module
 */
import { EXIT } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Io } from "./io.ts";
import { helpText } from "./line/help.ts";
import { shownCommands } from "./line/shape.ts";
import { writtenProgram } from "./line/written.ts";
import { terminalColumns } from "./terminal_columns.ts";

/** How answers look. */
export interface QuickOptions {
  /** Columns that help may use. @default the terminal's, else 80 */
  readonly columns?: number;
}

/** Answers a line and gives the exit code; undefined: this line takes more than that. */
export async function answerQuickly(
  args: readonly string[],
  io: Io,
  { columns }: QuickOptions = {},
): Promise<number | undefined> {
  const [first, ...words] = args;
  if (first === "__complete") {
    const { complete } = await import("./complete/complete.ts");
    await complete(writtenProgram(), words, io);
    return EXIT.ok;
  }
  if (args.length === 1 && (first === "--version" || first === "-V")) {
    io.out(`${VERSION}\n`);
    return EXIT.ok;
  }
  const name = helpAskedOf(args);
  if (name === undefined) return undefined;
  const program = writtenProgram();
  const command = name === "" ? program : shownCommands(program).find((it) => it.name() === name);
  if (command === undefined) return undefined;
  const text = helpText(command, columns ?? terminalColumns());
  // Who types nothing has made a mistake, and is helped.
  if (args.length === 0) io.err(text);
  else io.out(text);
  return args.length === 0 ? EXIT.usage : EXIT.ok;
}

/** The command whose help a line asks for and nothing else; empty: the program's. */
function helpAskedOf(args: readonly string[]): string | undefined {
  const [first = "--help", second, third] = args;
  const isFlag = (word: string | undefined) => word === "--help" || word === "-h";
  if (third !== undefined) return undefined;
  if (second === undefined) return isFlag(first) || first === "help" ? "" : undefined;
  const name = isFlag(second) ? first : first === "help" ? second : undefined;
  // The lab reads its own words, and has a help of its own.
  return name === "lab" ? undefined : name;
}
