/**
 * What only this machine can undo, in the hands of a process that outlives it: a shell in a session
 * of its own reads a pipe, and when the pipe ends without the word `disarm`, it runs the command
 * that undoes. It knows which command breaks at the moment and waits for that one's end: an undo
 * that came first would be undone itself.
 * @module
 */

/** How often a command that fails is tried, two seconds apart. */
const TRIES = 10;

/** How long an undo waits for what breaks, in seconds. */
const PATIENCE_S = 120;

// The words of the command are arguments: no shell reads them. A Ctrl-C is for the controller; the
// command itself can be ended by one again. A process that nobody collects has ended all the same.
const SCRIPT = `trap '' HUP INT TERM
breaks=
while IFS=' ' read -r word pid; do
  case $word in
  disarm) exit 0 ;;
  breaks) breaks="$breaks $pid" ;;
  broke)
    others=
    for one in $breaks; do [ "$one" = "$pid" ] || others="$others $one"; done
    breaks=$others
    ;;
  esac
done
goes_on() {
  for one in $breaks; do
    kill -0 "$one" 2>/dev/null || continue
    case $(ps -o stat= -p "$one" 2>/dev/null) in Z*) ;; *) return 0 ;; esac
  done
  return 1
}
waits=0
while goes_on && [ "$waits" -lt ${PATIENCE_S} ]; do
  waits=$((waits + 1))
  sleep 1
done
tries=0
until ( trap - HUP INT TERM; exec "$@" ) || [ "$tries" -ge ${TRIES} ]; do
  tries=$((tries + 1))
  sleep 2
done`;

interface Guard {
  readonly child: Deno.ChildProcess;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
}

/** All guards of a run. */
export class Guards {
  readonly #guards = new Set<Guard>();

  /**
   * Starts one guard for each command, and gives the function that ends them without running any.
   * @throws {Error} when one cannot be started
   */
  arm(commands: readonly (readonly string[])[]): () => Promise<void> {
    const armed = commands.map((words) => {
      const child = new Deno.Command("sh", {
        args: ["-c", SCRIPT, "holdfast-guard", ...words],
        stdin: "piped",
        stdout: "null",
        stderr: "null",
        detached: true,
      }).spawn();
      // It must not keep this process, whose end is what it waits for.
      child.unref();
      const guard = { child, writer: child.stdin.getWriter() };
      this.#guards.add(guard);
      return guard;
    });
    return async () => {
      await Promise.all(armed.map((guard) => this.#disarm(guard)));
    };
  }

  /**
   * Tells every guard of a process that breaks something, and gives the function that tells its end.
   */
  async know(pid: number): Promise<() => Promise<void>> {
    await this.#tell(`breaks ${pid}`);
    return () => this.#tell(`broke ${pid}`);
  }

  async #tell(line: string): Promise<void> {
    await Promise.all([...this.#guards].map((guard) => tell(guard, line)));
  }

  async #disarm(guard: Guard): Promise<void> {
    this.#guards.delete(guard);
    guard.child.ref();
    await tell(guard, "disarm");
    await guard.writer.close().catch(() => {});
    await guard.child.status;
  }
}

/** One that somebody has ended hears nothing, and does nothing any more. */
async function tell({ writer }: Guard, line: string): Promise<void> {
  await writer.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
}
