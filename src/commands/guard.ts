/**
 * What only this machine can undo, in the hands of a process that outlives it: a shell in a session
 * of its own reads a pipe, and when the pipe ends without the word `disarm`, it runs the command
 * that undoes.
 * @module
 */

/** How often a command that fails is tried, two seconds apart. */
const TRIES = 10;

// The words of the command are arguments: no shell reads them. A Ctrl-C is for the controller; the
// command itself can be ended by one again.
const SCRIPT = `trap '' HUP INT TERM
IFS= read -r word
[ "$word" != disarm ] || exit 0
tries=0
until ( trap - HUP INT TERM; exec "$@" ) || [ "$tries" -ge ${TRIES} ]; do
  tries=$((tries + 1))
  sleep 2
done`;

/**
 * Starts one guard for each command, and gives the function that ends them without running any.
 * @throws {Error} when none can be started
 */
export function guard(commands: readonly (readonly string[])[]): () => Promise<void> {
  const guards = commands.map((words) => {
    const child = new Deno.Command("sh", {
      args: ["-c", SCRIPT, "holdfast-guard", ...words],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    // It must not keep this process, whose end is what it waits for.
    child.unref();
    return { child, writer: child.stdin.getWriter() };
  });
  return async () => {
    await Promise.all(guards.map(async ({ child, writer }) => {
      child.ref();
      await writer.write(new TextEncoder().encode("disarm\n"));
      await writer.close();
      await child.status;
    }));
  };
}
