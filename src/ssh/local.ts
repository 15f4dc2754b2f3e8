/**
 * A shell on this machine instead of a host, for tests.
 * @module
 */
import { spawnProgram, type Transport } from "./transport.ts";

/**
 * Starts a local shell that reads its script from standard input, such as `["/bin/sh"]`.
 *
 * Hand it to `openSession`: scripts run as they would on a host.
 */
export function localTransport(argv: readonly string[]): Transport {
  const [program, ...args] = argv;
  if (program === undefined) throw new TypeError("Cannot start a shell: the list is empty");
  return spawnProgram(program, args);
}
