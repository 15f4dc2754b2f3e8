/**
 * The command line without a process: what a line says, and what it would perform.
 * @module
 */
import { makeProgram, usageExit } from "../../../src/commands/program.ts";

/** What a line said and chose. */
export interface Said {
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
  /** Exit code of a mistake or of help; undefined when a command was chosen. */
  readonly code: number | undefined;
  /** Command whose work was asked for. */
  readonly chosen: string | undefined;
}

/** Reads a line as the command line would, and performs nothing but help. */
export async function say(args: readonly string[], columns = 80): Promise<Said> {
  let [out, err] = ["", ""];
  let chosen: string | undefined;
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  const program = makeProgram(
    (command) => {
      chosen = command;
      return Promise.resolve();
    },
    io,
    { columns },
  );
  try {
    await program.parseAsync([...args], { from: "user" });
    return { out, err, code: undefined, chosen };
  } catch (error) {
    const code = usageExit(error);
    if (code === undefined) throw error;
    return { out, err, code, chosen };
  }
}

/** Names of the commands that help shows. */
export function commandNames(): string[] {
  const io = { out: () => {}, err: () => {} };
  return makeProgram(() => Promise.resolve(), io).commands.map((it) => it.name())
    .filter((name) => !name.startsWith("_"));
}

/** Words of a line as a shell would read it; single quotes are the only ones that are understood. */
export function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}
