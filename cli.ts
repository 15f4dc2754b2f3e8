/**
 * argv -> command -> exit code. The only file that ends the process. What it imports needs no
 * permission, so that it can say which ones a command needs.
 * @module
 */
import { EXIT } from "./src/errors.ts";
import { ensurePermissions } from "./src/commands/permissions.ts";
import type { Io } from "./src/commands/io.ts";
import { makeProgram, usageExit } from "./src/commands/program.ts";

const encoder = new TextEncoder();

/** Writes all of a text, and stops for good when nobody reads any more (`| head`). */
function writer(stream: { writeSync(bytes: Uint8Array): number }): (text: string) => void {
  let open = true;
  return (text) => {
    let bytes = encoder.encode(text);
    while (open && bytes.length > 0) {
      try {
        bytes = bytes.subarray(stream.writeSync(bytes));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        open = false;
      }
    }
  };
}

async function main(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const program = makeProgram(async (command, act, wants) => {
    const script = new URL(import.meta.url).pathname;
    code = await ensurePermissions(command, decodeURIComponent(script), args, wants) ??
      await act();
  }, io);
  try {
    if (args.length === 0) {
      io.err(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    const usage = usageExit(error);
    if (usage !== undefined) return usage;
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    io.err(`This is a bug in Holdfast, please report it with the lines below\n${text}\n`);
    return EXIT.bug;
  }
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, { out: writer(Deno.stdout), err: writer(Deno.stderr) }));
}
