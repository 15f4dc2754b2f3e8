import { EXIT } from "../errors.ts";
import type { Io } from "./io.ts";
import { withReports } from "./reports.ts";
import { readRun } from "./run_file.ts";

/** Flags of `report`. */
export interface RedrawFlags {
  /** `kind` or `kind:file`. */
  readonly report?: readonly string[] | undefined;
  /** Prints events instead of lines for people. */
  readonly json?: boolean | undefined;
  /** Shows differences. */
  readonly diff?: boolean | undefined;
}

/** Shows a finished run again, from the events that it left in a file. Contacts nobody. */
export function redraw(path: string, flags: RedrawFlags, io: Io): Promise<number> {
  // Nothing is going on that progress could be shown of.
  return withReports(path, { ...flags, step: true }, io, async (reports) => {
    const events = await readRun(path);
    for (const event of events) if (event.type !== "version") reports.emit(event);
    if (events.at(-1)?.type === "run-end") return EXIT.ok;
    io.err(`Cannot show the end of "${path}": the run did not come to it\n`);
    return EXIT.usage;
  });
}
