/** What the kinds of firewall have in common. Types only. */
import type { Change } from "../model.ts";
import type { Opening } from "./passage.ts";

/** One kind of firewall that a host may run. */
export interface Part {
  /** Its name: `ufw`. */
  readonly name: string;
  /** Read-only POSIX shell text; prints nothing on a host that does not have it. */
  readonly probe: string;
  /**
   * What is to be changed. `opening` is asked for only where this firewall stands in the way.
   * @throws {TaskError} when it cannot be made true
   */
  changes(answer: string, opening: () => Opening): readonly Change[];
}
