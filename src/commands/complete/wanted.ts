/**
 * What may stand at the cursor of a command line. It is read off the program's own declaration, so
 * that completions know every command and option that there is. Pure.
 * @module
 */
import { LAB_WORDS } from "../line/lab.ts";
import { type CommandShape, type OptionShape, shownCommands } from "../line/shape.ts";
import { REPORT_KINDS } from "../report_flags.ts";

/** A word that may stand at the cursor. */
export interface Candidate {
  /** The whole word. */
  readonly value: string;
  /** What it means. */
  readonly about?: string;
}

/** Names that an inventory or its play holds. */
export type NameKind = "hosts" | "patterns" | "tags" | "tasks" | "keys";

/** What may stand at the cursor. */
export type Wanted =
  /** One of these words. */
  | { readonly kind: "words"; readonly words: readonly Candidate[] }
  /** A path, behind a prefix that stays: `--play=`. No suffixes: any file. */
  | {
    readonly kind: "files" | "folders";
    readonly prefix: string;
    readonly path: string;
    readonly suffixes: readonly string[];
  }
  /** A name, behind a prefix that stays: `lb1:!`. */
  | {
    readonly kind: "names";
    readonly of: NameKind;
    readonly prefix: string;
    readonly typed: string;
    /** Inventory on the line. */
    readonly inventory: string;
    /** `--play` on the line. */
    readonly play?: string;
    /** Host on the line. */
    readonly host?: string;
  };

/** Files that hold inventories. */
const INVENTORIES = ["yaml", "yml", "json", "ini"];

const NOTHING: Wanted = { kind: "words", words: [] };

/** What is known of the line before the cursor. */
interface Before {
  readonly command: CommandShape;
  readonly inventory: string;
  readonly play?: string;
  readonly host?: string;
}

/** What may stand in place of the last word; the program's own name is not among the words. */
export function wantedAt(program: CommandShape, words: readonly string[]): Wanted {
  const typed = words.at(-1) ?? "";
  const [name, ...before] = words.slice(0, -1);
  if (name === undefined) {
    return typed.startsWith("-") ? optionsOf(program, typed) : commandsOf(program, typed);
  }
  const command = shownCommands(program).find((it) => it.name() === name);
  if (command === undefined) return NOTHING;
  if (name === "lab") return before.length === 0 ? choices(LAB_WORDS, "", typed) : NOTHING;
  const { places, pending, ended, play } = walk(command, before);
  const [inventory = "", host] = places;
  const line: Before = {
    command,
    inventory,
    ...(play === undefined ? {} : { play }),
    ...(name === "explain" && host !== undefined ? { host } : {}),
  };
  if (pending !== undefined) return valueOf(pending, "", typed, line);
  if (!ended && typed.startsWith("-")) return optionAt(typed, line);
  return placeAt(program, places.length, typed, line);
}

/** Reads the words between command and cursor. */
function walk(command: CommandShape, words: readonly string[]) {
  const places: string[] = [];
  let pending: OptionShape | undefined;
  let play: string | undefined;
  let ended = false;
  for (const word of words) {
    if (pending !== undefined) {
      if (pending.long === "--play") play = word;
      pending = undefined;
    } else if (ended || !/^-./.test(word)) places.push(word);
    else if (word === "--") ended = true;
    else {
      if (word.startsWith("--play=")) play = word.slice("--play=".length);
      pending = optionAwaiting(command, word);
    }
  }
  return { places, pending, ended, play };
}

/** The option whose value is the next word: `--limit`, `-l`, and `-bl`. */
function optionAwaiting(command: CommandShape, word: string): OptionShape | undefined {
  if (word.startsWith("--")) return takers(command).find(({ long }) => long === word);
  const letters = [...word.slice(1)];
  const first = letters.findIndex((letter) =>
    takers(command).some(({ short }) => short === `-${letter}`)
  );
  if (first === -1 || first < letters.length - 1) return undefined;
  return takers(command).find(({ short }) => short === `-${letters[first]}`);
}

function takers(command: CommandShape): readonly OptionShape[] {
  return command.options.filter((option) => option.required || option.optional);
}

function optionAt(typed: string, line: Before): Wanted {
  const [, prefix = "", value = ""] = /^(--[\w-]+=)([\s\S]*)$/.exec(typed) ??
    /^(-[A-Za-z])([\s\S]+)$/.exec(typed) ?? [];
  const option = takers(line.command).find(({ long, short }) =>
    prefix !== "" && (prefix === `${long}=` || prefix === short)
  );
  return option === undefined
    ? optionsOf(line.command, typed)
    : valueOf(option, prefix, value, line);
}

function valueOf({ long }: OptionShape, prefix: string, typed: string, line: Before): Wanted {
  switch (long) {
    case "--limit":
      return names("patterns", prefix, typed, /^(?:[\s\S]*[:,])?[&!]?/, line);
    case "--tags":
    case "--skip-tags":
      return names("tags", prefix, typed, /^(?:[\s\S]*,)?/, line);
    case "--start-at-task":
      return names("tasks", prefix, typed, /^/, line);
    case "--host":
      return names("hosts", prefix, typed, /^/, line);
    case "--report":
      return reportAt(prefix, typed);
    case "--keepalived":
      return { kind: "files", prefix, path: typed, suffixes: ["conf"] };
    case "--haproxy":
      return { kind: "files", prefix, path: typed, suffixes: ["cfg", "conf"] };
    case "--script":
    case "--html":
      return { kind: "files", prefix, path: typed, suffixes: [] };
    case "--play":
      return { kind: "files", prefix, path: typed, suffixes: ["ts", "js", "mjs"] };
    case "--extra-vars":
      if (!typed.startsWith("@")) return NOTHING;
      return { kind: "files", prefix: `${prefix}@`, path: typed.slice(1), suffixes: [] };
    case "--out": {
      const kind = line.command.name() === "render" ? "folders" : "files";
      return { kind, prefix, path: typed, suffixes: [] };
    }
    default:
      return NOTHING;
  }
}

function reportAt(prefix: string, typed: string): Wanted {
  const [kind = ""] = /^[^:]*:/.exec(typed) ?? [];
  // The annotations of github belong into the output; the others name a file.
  const kinds = REPORT_KINDS.map((it) => it === "github" ? it : `${it}:`);
  if (kind === "") return choices(kinds, prefix, typed);
  return { kind: "files", prefix: prefix + kind, path: typed.slice(kind.length), suffixes: [] };
}

/** A name behind what `done` matches of the word. */
function names(of: NameKind, prefix: string, typed: string, done: RegExp, line: Before): Wanted {
  const [before = ""] = done.exec(typed) ?? [];
  const { command: _, ...place } = line;
  return {
    kind: "names",
    of,
    prefix: prefix + before,
    typed: typed.slice(before.length),
    ...place,
  };
}

function placeAt(program: CommandShape, index: number, typed: string, line: Before): Wanted {
  const argument = line.command.registeredArguments[index];
  switch (argument?.name()) {
    case "inventory":
      return { kind: "files", prefix: "", path: typed, suffixes: INVENTORIES };
    case "host":
      return names("hosts", "", typed, /^/, line);
    case "key":
      return names("keys", "", typed, /^/, line);
    case "run":
      return { kind: "files", prefix: "", path: typed, suffixes: ["jsonl"] };
    case "command":
      return commandsOf(program, typed);
    default:
      return choices(argument?.argChoices ?? [], "", typed);
  }
}

function commandsOf(program: CommandShape, typed: string): Wanted {
  const words = shownCommands(program).filter((it) => it.name().startsWith(typed))
    .map((it) => ({ value: it.name(), about: it.summary() || it.description() }));
  return { kind: "words", words };
}

/** Long names, and short ones for who types one dash. */
function optionsOf(command: CommandShape, typed: string): Wanted {
  const own = command.options.filter((it) => !it.hidden).flatMap(({ long, short, description }) =>
    [long, short].flatMap((value) => value === undefined ? [] : [{ value, about: description }])
  );
  const words = [...own, { value: "--help", about: "show this help" }]
    .filter(({ value }) => value.startsWith(typed))
    .filter(({ value }) => value.startsWith("--") || typed !== "");
  const long = words.filter(({ value }) => value.startsWith("--"));
  return { kind: "words", words: typed === "-" || typed.startsWith("--") ? long : words };
}

function choices(values: readonly string[], prefix: string, typed: string): Wanted {
  const words = values.filter((value) => value.startsWith(typed))
    .map((value) => ({ value: prefix + value }));
  return { kind: "words", words };
}
