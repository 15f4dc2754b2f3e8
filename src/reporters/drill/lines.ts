import type { DrillEvent } from "../../events.ts";
import { beginning, block, type BlockOptions } from "./block.ts";
import { drillTable } from "./table.ts";
import type { DrillEnd } from "./units.ts";

/** What a person reads of the drills of a run. */
export interface DrillLines {
  /** Lines for an event; none for most of them. */
  read(event: DrillEvent): string;
  /** The table of all drills that have ended; nothing where there were none. */
  table(): string;
}

/**
 * Makes the lines for people. Where no terminal shows progress, a line says which drill begins, so
 * that a log tells what is going on; the steps in between are in the events.
 */
export function drillLines(options: BlockOptions): DrillLines {
  const ends: DrillEnd[] = [];
  let explained = false;
  return {
    read: (event) => {
      if (event.type === "drill-start") {
        return options.columns === Infinity ? beginning(event, options) : "";
      }
      if (event.type !== "drill-end") return "";
      ends.push(event);
      const text = block(event, { ...options, explained });
      explained ||= event.timeline !== undefined;
      return text;
    },
    table: () => ends.length === 0 ? "" : `\n${drillTable(ends, options.columns)}`,
  };
}
