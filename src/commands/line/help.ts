/**
 * The help of the program and of its commands, as text for a terminal of some width.
 * @module
 */
import { type Row, type Section, sections, wrap } from "./columns.ts";
import { EXAMPLES, EXIT_MEANINGS, exitCodes } from "./examples.ts";
import { type CommandShape, type OptionShape, shownCommands } from "./shape.ts";

/** Longer lines are hard to read, however wide the terminal. */
const WIDEST = 100;

const ENDING = 'Type "holdfast help COMMAND" for the options of a command. ' +
  'Where holdfast is not installed, type "deno run cli.ts" in its place.';

/** How an option's value is written: `--limit PATTERN`. */
export function spelled(flags: string): string {
  return flags.replace(/<(.+)>/, (_, name: string) => name.toUpperCase());
}

/** The names of a command's arguments: `INVENTORY HOST [KEY]`. */
export function argumentsOf(command: CommandShape): string {
  return command.registeredArguments.map((it) => {
    const name = `${it.name().toUpperCase()}${it.variadic ? "..." : ""}`;
    return it.required ? name : `[${name}]`;
  }).join(" ");
}

/** The whole help of a command, for so many columns. */
export function helpText(command: CommandShape, columns: number): string {
  const width = Math.min(columns, WIDEST);
  const name = command.parent === null ? "" : command.name();
  const parts = [
    wrap(usage(command, name), width).join("\n"),
    wrap(sentence(command.description()), width).join("\n"),
    ...sections(commandGroups(command), width),
    ...sections(optionGroups(command), width),
    ...sections([["Examples:", EXAMPLES[name] ?? []]], width, 40),
    ...sections([["Exit codes:", exitRows(name)]], width),
    ...(name === "" ? [wrap(ENDING, width).join("\n")] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function usage(command: CommandShape, name: string): string {
  if (name === "") return "Usage: holdfast COMMAND [options]";
  const options = command.options.length > 0 ? "[options]" : "";
  return ["Usage: holdfast", name, argumentsOf(command), options].filter((it) => it !== "")
    .join(" ");
}

function commandGroups(command: CommandShape): Section[] {
  const groups = Map.groupBy(shownCommands(command), (it) => it.helpGroup());
  return [...groups].map(([heading, commands]) => [
    heading,
    commands.map((it): Row => [
      `${it.name()} ${argumentsOf(it)}`.trim(),
      it.summary() || it.description(),
    ]),
  ]);
}

/** Declared once for all commands; the library does not count it among their options. */
const HELP: Row = ["-h, --help", "show this help"];

function optionGroups(command: CommandShape): Section[] {
  const groups = new Map<string, Row[]>();
  const add = (heading: string, row: Row) =>
    groups.set(heading, [...groups.get(heading) ?? [], row]);
  for (const it of command.options.filter((it) => !it.hidden)) {
    // Long names stand below each other.
    const flags = it.short === undefined ? `    ${it.flags}` : it.flags;
    add(it.helpGroupHeading ?? "Options:", [spelled(flags), meaning(it)]);
  }
  add("Other:", HELP);
  return [...groups];
}

function meaning({ description, defaultValue }: OptionShape): string {
  return defaultValue === undefined ? description : `${description} (default: ${defaultValue})`;
}

function exitRows(name: string): Row[] {
  const codes = exitCodes(name);
  return EXIT_MEANINGS.filter(([code]) => name === "" || codes.includes(code))
    .map(([code, meaning]) => [String(code), meaning]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
