/**
 * What is said about a command line that cannot be understood: what is wrong, and what to type.
 * @module
 */
import { didYouMean, quote } from "../../diagnostics.ts";
import { argumentsOf, spelled } from "./help.ts";
import { type CommandShape, shownCommands } from "./shape.ts";

/** A sentence, and what to type instead. */
interface Mistake {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What other tools call a command. */
const COMMANDS_ELSEWHERE: Readonly<Record<string, string>> = {
  plan: "check",
  diff: "check",
  "dry-run": "check",
  deploy: "apply",
  run: "apply",
  up: "apply",
  status: "verify",
  test: "verify",
  template: "render",
  validate: "lint",
  list: "inventory",
  graph: "inventory",
  completion: "completions",
  version: "--version",
};

/** What other tools call an option. */
const OPTIONS_ELSEWHERE: Readonly<Record<string, string>> = {
  "-i": "the inventory stands without an option, right after the command",
  "--inventory": "the inventory stands without an option, right after the command",
  "-v": "--diff shows more, --json everything",
  "-vv": "--diff shows more, --json everything",
  "-vvv": "--diff shows more, --json everything",
  "--verbose": "--diff shows more, --json everything",
  "--private-key": "-e ansible_ssh_private_key_file=FILE",
  "--key-file": "-e ansible_ssh_private_key_file=FILE",
  "--dry-run": "--check",
  "--version": "holdfast --version",
  "-V": "holdfast --version",
};

/** Options that a command understands, as typed. */
export function optionNames(command: CommandShape): readonly string[] {
  const own = command.options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat());
  return [...own, "-h", "--help"];
}

/**
 * The text about a mistake that commander found, by its code and message. Several options that do
 * not exist are all named at once.
 */
export function mistakeText(command: CommandShape, code: string, message: string): string {
  const name = command.parent === null ? "" : `${command.name()} `;
  const lines = mistakes(command, code, message).flatMap(({ message, hint }) =>
    hint === undefined ? [message] : [message, `   hint: ${hint}`]
  );
  return `${[...lines, `   help: holdfast ${name}--help`].join("\n")}\n`;
}

function mistakes(command: CommandShape, code: string, message: string): Mistake[] {
  const quoted = /'([\s\S]*)'/.exec(message)?.[1] ?? "";
  switch (code.replace("commander.", "")) {
    case "unknownCommand":
      return [unknownCommand(command, quoted)];
    case "unknownOption":
      return unknownOptions(command, quoted);
    case "missingArgument":
      return [missingArgument(command, quoted)];
    case "excessArguments":
      return [tooMany(command)];
    case "optionMissingArgument":
      return [{
        message: `Cannot use "${optionOf(quoted)}": it needs a value`,
        hint: spelled(quoted),
      }];
    case "missingMandatoryOptionValue":
      return [{
        message: `Cannot ${command.name()} without "${optionOf(quoted)}"`,
        hint: spelled(quoted),
      }];
    case "invalidArgument":
      return [wrongValue(message)];
    default:
      return [{ message: message.replace(/^error: /, "Cannot run: ") }];
  }
}

/** The long name of an option among its flags: `-f, --forks <n>`. */
function optionOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function unknownCommand(program: CommandShape, word: string): Mistake {
  const names = shownCommands(program).map((it) => it.name());
  const message = `Cannot run ${quote(word)}: there is no such command`;
  if (/\.(ya?ml|json|ini)$|\//.test(word)) {
    return { message, hint: `a command stands first: holdfast check ${word}` };
  }
  const own = Object.hasOwn(COMMANDS_ELSEWHERE, word) ? COMMANDS_ELSEWHERE[word] : undefined;
  const meant = own ?? nearest(word, names);
  return {
    message,
    hint: meant === undefined ? `commands are ${names.join(", ")}` : `holdfast ${meant}`,
  };
}

/** Every option on the line that the command does not know. */
function unknownOptions(command: CommandShape, first: string): Mistake[] {
  const end = command.args.indexOf("--");
  const words = end === -1 ? command.args : command.args.slice(0, end);
  const names = words.filter((word) => /^-./.test(word) && !knows(command, word));
  return [...new Set([first, ...names])].map((word) => unknownOption(command, word));
}

function knows(command: CommandShape, word: string): boolean {
  return optionNames(command).includes(word.replace(/=.*$/s, ""));
}

function unknownOption(command: CommandShape, word: string): Mistake {
  const option = word.replace(/=.*$/s, "");
  const program = command.parent;
  const of = program === null ? "holdfast" : `holdfast ${command.name()}`;
  const message = `Cannot use ${quote(option)}: ${of} has no such option`;
  const near = nearest(option, optionNames(command));
  if (near !== undefined) return { message, hint: near };
  const elsewhere = shownCommands(program ?? command)
    .filter((it) => optionNames(it).includes(option)).map((it) => it.name());
  if (elsewhere.length > 0) {
    const where = program === null ? "options stand behind the command" : `it is an option of`;
    return {
      message,
      hint: program === null
        ? `${where}: holdfast ${elsewhere[0]} INVENTORY ${option}`
        : `${where} ${elsewhere.join(", ")}`,
    };
  }
  const habit = Object.hasOwn(OPTIONS_ELSEWHERE, option) ? OPTIONS_ELSEWHERE[option] : undefined;
  return { message, hint: habit };
}

function missingArgument(command: CommandShape, argument: string): Mistake {
  const line = `holdfast ${command.name()} ${argumentsOf(command)}`;
  const article = /^[aeiou]/.test(argument) ? "an" : "a";
  return { message: `Cannot ${verb(command)} without ${article} ${argument}`, hint: line };
}

function tooMany(command: CommandShape): Mistake {
  const most = command.registeredArguments.length;
  const extra = command.args.slice(most).map((word) => quote(word)).join(", ");
  const takes = most === 0 ? "nothing" : argumentsOf(command);
  const line = `holdfast ${command.name()} ${argumentsOf(command)}`.trim();
  return {
    message: `Cannot use ${extra}: holdfast ${command.name()} takes ${takes}, and no more`,
    hint: line,
  };
}

function wrongValue(message: string): Mistake {
  const ofOption = /^error: option '(.*?)' argument '([\s\S]*)' is invalid\. (.*)$/.exec(message);
  if (ofOption !== null) {
    const [, flags = "", value = "", why = ""] = ofOption;
    return { message: `Cannot use ${quote(value)} as "${optionOf(flags)}": ${why}` };
  }
  const [, value = "", name = "", choices = ""] =
    /^error: .*? value '([\s\S]*)' is invalid for argument '(.*?)'\. Allowed choices are (.*)\.$/
      .exec(message) ?? [];
  return { message: `Cannot use ${quote(value)} as ${name}: expected ${orList(choices)}` };
}

/** `a, b, c` as a choice. */
function orList(list: string): string {
  return list.replace(/, ([^,]*)$/, " or $1");
}

/** Commands are verbs, but for some. */
function verb(command: CommandShape): string {
  return ["apply", "check", "verify", "render", "explain"].includes(command.name())
    ? command.name()
    : `run "${command.name()}"`;
}

/** What was probably meant: a word that is near, or the only one that begins so. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  // One letter is near every other one.
  if (/^-.?$/.test(word)) return undefined;
  const long = candidates.filter((it) => it.startsWith("--") === word.startsWith("--"));
  const beginning = long.filter((it) => word.length > 3 && it.startsWith(word));
  return didYouMean(word, long) ?? (beginning.length === 1 ? beginning[0] : undefined);
}
