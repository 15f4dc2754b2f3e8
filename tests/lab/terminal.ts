/** A person at a terminal, for the tests with real hosts. */
import { denoArgs } from "../../src/commands/permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a person saw, and how it ended. */
export interface Screen {
  /** Exit code. */
  readonly code: number;
  /** Everything that was shown. */
  readonly text: string;
  /** How many answers were asked for. */
  readonly questions: number;
}

/** Runs a command on a pseudo terminal and gives one answer for each question, in order. */
export async function atTerminal(
  words: readonly string[],
  question: string,
  answers: readonly string[],
): Promise<Screen> {
  const [command = ""] = words;
  const argv = [Deno.execPath(), ...denoArgs(command, "cli.ts", words)];
  const line = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const dir = await Deno.makeTempDir();
  const child = new Deno.Command("script", {
    // The code by way of a file: some versions of script lose it while they read from a pipe.
    // An interrupt is for the command, not for the shell around it.
    args: ["-qec", `trap : INT; ${line}; echo $? > '${dir}/code'`, "/dev/null"],
    cwd: ROOT,
    env: { SHELL: "/bin/sh", TERM: "xterm", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  let text = "";
  let given = 0;
  const questions = () => text.split(question).length - 1;
  try {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      while (given < Math.min(questions(), answers.length)) {
        await writer.write(new TextEncoder().encode(answers[given++]));
      }
    }
    await child.status;
    return { code: Number(await Deno.readTextFile(`${dir}/code`)), text, questions: questions() };
  } finally {
    await writer.close().catch(() => {});
    await Deno.remove(dir, { recursive: true });
  }
}
