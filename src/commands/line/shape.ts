/**
 * What help, completions and messages read of the program. The library's own types know every
 * option of every command; to compare two of them takes the compiler minutes.
 * @module
 */

/** A command, or the program. */
export interface CommandShape {
  /** Its name. */
  name(): string;
  /** What it does, in a sentence. */
  description(): string;
  /** What it does, in a few words. */
  summary(): string;
  /** Heading that it stands under. */
  helpGroup(): string;
  /** The program; null for the program itself. */
  readonly parent: CommandShape | null;
  /** Commands below it. */
  readonly commands: readonly CommandShape[];
  /** Options that it takes, help not among them. */
  readonly options: readonly OptionShape[];
  /** Arguments that it takes. */
  readonly registeredArguments: readonly ArgumentShape[];
  /** Words of the line that are no known options. */
  readonly args: readonly string[];
}

/** An option. */
export interface OptionShape {
  /** `-l, --limit <pattern>`. */
  readonly flags: string;
  /** `-l`. */
  readonly short?: string | undefined;
  /** `--limit`. */
  readonly long?: string | undefined;
  /** What it does. */
  readonly description: string;
  /** Value when it is not given. */
  readonly defaultValue?: unknown;
  /** Heading that it stands under. */
  readonly helpGroupHeading?: string | undefined;
  /** Help does not show it. */
  readonly hidden: boolean;
  /** It needs a value. */
  readonly required: boolean;
  /** It may have a value. */
  readonly optional: boolean;
}

/** An argument. */
export interface ArgumentShape {
  /** Its name. */
  name(): string;
  /** It must be there. */
  readonly required: boolean;
  /** It takes the rest of the line. */
  readonly variadic: boolean;
  /** What it can be. */
  readonly argChoices?: readonly string[] | undefined;
}

/** Commands that are for people: the others begin with an underscore. */
export function shownCommands(program: CommandShape): readonly CommandShape[] {
  return program.commands.filter((command) => !command.name().startsWith("_"));
}
