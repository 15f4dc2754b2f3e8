/**
 * The help of the program and of its commands, as text for a terminal of some width.
 * @module
 */
import type { CommandUnknownOpts, Help } from "@commander-js/extra-typings";
import { type Row, type Section, sections, wrap } from "./columns.ts";
import { EXAMPLES, EXIT_MEANINGS, exitCodes } from "./examples.ts";

/** Longer lines are hard to read, however wide the terminal. */
const WIDEST = 100;

const ENDING = 'Type "holdfast help COMMAND" for the options of a command. ' +
  'Where holdfast is not installed, type "deno run cli.ts" in its place.';

/** How an option's value is written: `--limit PATTERN`. */
export function spelled(flags: string): string {
  return flags.replace(/<(.+)>/, (_, name: string) => name.toUpperCase());
}

/** The names of a command's arguments: `INVENTORY HOST [KEY]`. */
export function argumentsOf(command: CommandUnknownOpts): string {
  return command.registeredArguments.map((it) => {
    const name = `${it.name().toUpperCase()}${it.variadic ? "..." : ""}`;
    return it.required ? name : `[${name}]`;
  }).join(" ");
}

/** The whole help of a command. */
export function helpText(command: CommandUnknownOpts, helper: Help): string {
  const width = Math.min(helper.helpWidth ?? 80, WIDEST);
  const name = command.parent === null ? "" : command.name();
  const parts = [
    wrap(usage(command, name), width).join("\n"),
    wrap(sentence(command.description()), width).join("\n"),
    ...sections(commandGroups(command, helper), width),
    ...sections(optionGroups(command, helper), width),
    ...sections([["Examples:", EXAMPLES[name] ?? []]], width, 40),
    ...sections([["Exit codes:", exitRows(name)]], width),
    ...(name === "" ? [wrap(ENDING, width).join("\n")] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function usage(command: CommandUnknownOpts, name: string): string {
  if (name === "") return "Usage: holdfast COMMAND [options]";
  const options = command.options.length > 0 ? "[options]" : "";
  return ["Usage: holdfast", name, argumentsOf(command), options].filter((it) => it !== "")
    .join(" ");
}

function commandGroups(command: CommandUnknownOpts, helper: Help): Section[] {
  const visible = helper.visibleCommands(command) as CommandUnknownOpts[];
  const groups = Map.groupBy(visible, (it) => it.helpGroup() || "Commands:");
  return [...groups].map(([heading, commands]) => [
    heading,
    commands.map((it): Row => [
      `${it.name()} ${argumentsOf(it)}`.trim(),
      helper.subcommandDescription(it),
    ]),
  ]);
}

function optionGroups(command: CommandUnknownOpts, helper: Help): Section[] {
  const groups = Map.groupBy(
    helper.visibleOptions(command),
    (it) => it.helpGroupHeading ?? "Options:",
  );
  return [...groups].map(([heading, options]) => [
    heading,
    options.map((it): Row => {
      // Long names stand below each other.
      const flags = it.short === undefined ? `    ${it.flags}` : it.flags;
      return [spelled(flags), helper.optionDescription(it)];
    }),
  ]);
}

function exitRows(name: string): Row[] {
  const codes = exitCodes(name);
  return EXIT_MEANINGS.filter(([code]) => name === "" || codes.includes(code))
    .map(([code, meaning]) => [String(code), meaning]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
