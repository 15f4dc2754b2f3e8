/**
 * The command line as it stands in written.json: all that help and completions read of it. The
 * library that understands a line takes longer to load than Deno itself, and who only asks what
 * there is need not wait for it. A test holds the file equal to what is declared.
 * @module
 */
import { type ArgumentShape, type CommandShape, type OptionShape, shownCommands } from "./shape.ts";
import written from "./written.json" with { type: "json" };

/** A command as it is written; what is left out is empty, or false. */
export interface WrittenCommand {
  /** Its name. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** What it does, in a few words. */
  readonly summary?: string;
  /** Heading that it stands under. */
  readonly group?: string;
  /** Arguments that it takes. */
  readonly arguments?: readonly WrittenArgument[];
  /** Options that it takes, help not among them. */
  readonly options?: readonly WrittenOption[];
  /** Commands below it that are for people. */
  readonly commands?: readonly WrittenCommand[];
}

/** An argument as it is written. */
export type WrittenArgument =
  & Partial<Omit<ArgumentShape, "name">>
  & { readonly name: string };

/** An option as it is written. */
export type WrittenOption =
  & Partial<OptionShape>
  & Pick<OptionShape, "flags" | "description">;

/** The program as the file has it. */
export function writtenProgram(): CommandShape {
  return shapeOf(written as WrittenCommand, null);
}

/** What to write of a program. */
export function toWrite(command: CommandShape): WrittenCommand {
  return {
    name: command.name(),
    description: command.description(),
    ...(command.summary() === "" ? {} : { summary: command.summary() }),
    ...(command.helpGroup() === "" ? {} : { group: command.helpGroup() }),
    ...listed("arguments", command.registeredArguments.map(argumentToWrite)),
    ...listed("options", command.options.map(optionToWrite)),
    ...listed("commands", shownCommands(command).map(toWrite)),
  };
}

function listed<Name extends string, Item>(name: Name, items: readonly Item[]) {
  return items.length === 0 ? {} : { [name]: items } as { [name in Name]: readonly Item[] };
}

function argumentToWrite(it: ArgumentShape): WrittenArgument {
  return {
    name: it.name(),
    ...(it.required ? { required: true } : {}),
    ...(it.variadic ? { variadic: true } : {}),
    ...(it.argChoices === undefined ? {} : { argChoices: it.argChoices }),
  };
}

function optionToWrite(it: OptionShape): WrittenOption {
  return {
    flags: it.flags,
    ...(it.short === undefined ? {} : { short: it.short }),
    ...(it.long === undefined ? {} : { long: it.long }),
    description: it.description,
    // As help shows it: what it stands for is nothing that help reads.
    ...(it.defaultValue === undefined ? {} : { defaultValue: String(it.defaultValue) }),
    ...(it.helpGroupHeading === undefined ? {} : { helpGroupHeading: it.helpGroupHeading }),
    ...(it.hidden ? { hidden: true } : {}),
    ...(it.required ? { required: true } : {}),
    ...(it.optional ? { optional: true } : {}),
  };
}

function shapeOf(command: WrittenCommand, parent: CommandShape | null): CommandShape {
  const commands: CommandShape[] = [];
  const shape: CommandShape = {
    name: () => command.name,
    description: () => command.description,
    summary: () => command.summary ?? "",
    helpGroup: () => command.group ?? "",
    parent,
    commands,
    options: (command.options ?? []).map((it) => ({
      hidden: false,
      required: false,
      optional: false,
      ...it,
    })),
    registeredArguments: (command.arguments ?? []).map(({ name, ...it }) => ({
      required: false,
      variadic: false,
      ...it,
      name: () => name,
    })),
    args: [],
  };
  commands.push(...(command.commands ?? []).map((it) => shapeOf(it, shape)));
  return shape;
}
