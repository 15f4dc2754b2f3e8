/**
 * What the terminal of the controller can show.
 * @module
 */

/** Reads a variable; one that may not be read is unset. */
export type ReadVariable = (name: string) => string | undefined;

const environment: ReadVariable = (name) => {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
};

/**
 * Whether to paint: on a person's terminal, unless asked otherwise. NO_COLOR with any value says no,
 * FORCE_COLOR says yes and with 0 no; a pipe, a file and a dumb terminal get no colors.
 */
export function colorWanted(terminal: boolean, read: ReadVariable = environment): boolean {
  if ((read("NO_COLOR") ?? "") !== "") return false;
  const forced = read("FORCE_COLOR") ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return terminal && read("TERM") !== "dumb";
}

/** Whether lines may be drawn over: on a terminal that a person looks at, not in a log. */
export function liveWanted(terminal: boolean, read: ReadVariable = environment): boolean {
  const ci = read("CI") ?? "";
  return terminal && read("TERM") !== "dumb" && ["", "0", "false"].includes(ci);
}

/**
 * Whether drawings must do with ASCII: on the console of Linux, whose font has few signs, and on a
 * dumb terminal. Everything else that shows lines today shows UTF-8, logs of a locale `C` included.
 */
export function asciiWanted(read: ReadVariable = environment): boolean {
  return ["linux", "dumb"].includes(read("TERM") ?? "");
}

/** Size of a terminal in characters. */
export interface Size {
  /** Width; one that does not know it says 80. */
  readonly columns: number;
  /** Height; one that does not know it says 24. */
  readonly rows: number;
}

/** The size now; it changes when a person pulls at the window. */
export function terminalSize(): Size {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}
