/**
 * argv -> command -> exit code. The only file that ends the process. What it imports needs no
 * permission, so that it can say which ones a command needs.
 * @module
 */
import { EXIT } from "./src/errors.ts";
import { maskKnown } from "./src/secret.ts";
import { printable } from "./src/terminal.ts";
import type { Io } from "./src/commands/io.ts";
import { answerQuickly } from "./src/commands/quick.ts";

const encoder = new TextEncoder();

/** What could not be written: a full disk, most likely. A run goes on without it, and says so. */
let unwritten: string | undefined;

/** Writes all of a text, and stops for good when nobody reads any more (`| head`). */
function writer(stream: { writeSync(bytes: Uint8Array): number }): (text: string) => void {
  let open = true;
  return (text) => {
    let bytes = encoder.encode(text);
    while (open && bytes.length > 0) {
      try {
        bytes = bytes.subarray(stream.writeSync(bytes));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        open = false;
        if (!(error instanceof Deno.errors.BrokenPipe)) unwritten ??= error.message;
      }
    }
  };
}

async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await answerQuickly(args, io) ?? await perform(args, io);
  } catch (error) {
    io.err(bugReport(error));
    return EXIT.bug;
  }
}

/** Does what a line says. What understands it takes longer to load than help takes to be read. */
async function perform(args: readonly string[], io: Io): Promise<number> {
  const { ensurePermissions } = await import("./src/commands/permissions.ts");
  const { makeProgram, usageExit } = await import("./src/commands/program.ts");
  let code: number = EXIT.ok;
  const program = makeProgram(async (command, act, wants) => {
    const script = new URL(import.meta.url).pathname;
    code = await ensurePermissions(command, decodeURIComponent(script), args, wants) ??
      await act();
  }, io);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    const usage = usageExit(error);
    if (usage === undefined) throw error;
    return usage;
  }
}

/** What is thrown may quote anything: what a host said, or a secret. */
function bugReport(error: unknown): string {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  const what = "This is a bug in Holdfast, please report it with the lines below";
  return `${what}\n${printable(maskKnown(text))}\n`;
}

if (import.meta.main) {
  const err = writer(Deno.stderr);
  // What is thrown where nobody waits for it would be printed by Deno, as it is.
  const uncaught = (error: unknown) => {
    err(bugReport(error));
    Deno.exit(EXIT.bug);
  };
  globalThis.addEventListener("error", ({ error }) => uncaught(error));
  globalThis.addEventListener("unhandledrejection", ({ reason }) => uncaught(reason));
  // Free text for people, so that a secret in it can be masked without harm to who reads events.
  const io = { out: writer(Deno.stdout), err: (text: string) => err(maskKnown(text)) };
  const code = await main(Deno.args, io);
  if (unwritten !== undefined) {
    err(`Cannot write all of the output: ${unwritten.replace(/ \(os error \d+\).*/s, "")}\n`);
  }
  Deno.exit(unwritten !== undefined && code === EXIT.ok ? EXIT.usage : code);
}
