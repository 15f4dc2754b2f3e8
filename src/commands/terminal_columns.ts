/**
 * How wide the terminal is.
 * @module
 */

/** Columns of the terminal; a pipe has 80. */
export function terminalColumns(): number {
  if (!Deno.stdout.isTerminal()) return 80;
  const { columns } = Deno.consoleSize();
  // Some pretend to have none.
  return columns >= 20 ? columns : 80;
}
