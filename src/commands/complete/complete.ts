/**
 * Answers the completion scripts: `__complete SHELL HOME WORD...`. The answer is lines, which the
 * scripts take as data: `words` and a word on each line, with a tab before what it means; or `files`
 * or `folders`, and then the prefix that stays, the path typed so far, what the shell itself keeps
 * of the word, and the suffixes to look for.
 * @module
 */
import { printableLine } from "../../terminal.ts";
import type { Io } from "../io.ts";
import type { CommandShape } from "../line/shape.ts";
import { bashWord, readBashLine } from "./bash_words.ts";
import { namesOf } from "./names.ts";
import { type Candidate, type Wanted, wantedAt } from "./wanted.ts";

/** How a shell is answered. */
interface Shell {
  /** Words behind the program's name; the last one is being typed. */
  readonly words: readonly string[];
  /** What the shell keeps of the last word when it replaces it. */
  readonly kept: string;
  /** A word as this shell must be given it. */
  spell(word: Candidate): string;
}

/** Prints what may stand at the cursor. It never fails, and says nothing when it does not know. */
export async function complete(
  program: CommandShape,
  args: readonly string[],
  io: Io,
): Promise<void> {
  const [shell = "", home = "", ...words] = args;
  try {
    io.out(await answer(program, (READERS[shell] ?? other)(words), home));
  } catch {
    // Whatever is wrong is said when the command is run, not while it is typed.
  }
}

function bash([line = "", breaks = ""]: readonly string[]): Shell {
  const read = readBashLine(line, breaks);
  // Variables may stand before the program.
  const program = read.words.findIndex((word) => !/^\w+=/.test(word));
  return {
    words: read.words.slice(program + 1),
    kept: read.kept,
    spell: ({ value }) => bashWord(value, read),
  };
}

/** The last word comes as it stands on the line, with a quote that may be open. */
function fish(words: readonly string[]): Shell {
  const typed = (words.at(-1) ?? "").replace(/^['"]/, "").replaceAll(/\\(.)/gs, "$1");
  return other([...words.slice(0, -1), typed]);
}

/** zsh and fish quote what they insert by themselves, and show what a word means. */
function other(words: readonly string[]): Shell {
  return {
    words: words.slice(1),
    kept: "",
    spell: ({ value, about }) => about === undefined ? value : `${value}\t${printableLine(about)}`,
  };
}

const READERS: Readonly<Record<string, (words: readonly string[]) => Shell>> = {
  bash,
  fish,
  zsh: other,
};

async function answer(program: CommandShape, shell: Shell, home: string): Promise<string> {
  const wanted = wantedAt(program, shell.words);
  if ("path" in wanted) {
    const { kind, prefix, path, suffixes } = wanted;
    const lines = [kind, prefix, path, shell.kept, suffixes.join(" ")];
    return lines.some((line) => /[\r\n\0]/.test(line)) ? "" : `${lines.join("\n")}\n`;
  }
  const words = wanted.kind === "words" ? wanted.words : await named(wanted, home);
  // A line is a word: what would be two, or moves the cursor, is not offered.
  const safe = words.filter(({ value }) => printableLine(value) === value);
  return ["words", ...safe.map(shell.spell), ""].join("\n");
}

async function named(
  { kind: _, of, prefix, typed, ...place }: Extract<Wanted, { kind: "names" }>,
  home: string,
): Promise<Candidate[]> {
  // Without it Deno would ask, in the middle of a line that is being typed.
  if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return [];
  const { inventory, play } = place;
  const path = (text: string) => text.replace(/^~(?=\/)/, home);
  const all = await namesOf(of, {
    ...place,
    inventory: path(inventory),
    ...(play === undefined ? {} : { play: path(play) }),
  });
  return all.filter(({ value }) => value.startsWith(typed))
    .map(({ value, ...rest }) => ({ ...rest, value: prefix + value }));
}
