/**
 * The lines of an INI inventory, with their places.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { Diagnostic, Source } from "../../model.ts";
import { errorAt, placeOf, type Report } from "../problems.ts";
import type { Entry } from "../yaml/located.ts";

/** Longer lines were not meant. */
const MAX_LINE = 64 * 1024;

/** A line that is neither empty nor a comment. */
export interface Line {
  /** Text without blanks around it. */
  readonly text: string;
  /** The place of a part of it. */
  place(from: number, to: number): Source;
}

/** The lines that say something: no empty ones and no comments. */
export function* linesOf(file: string, text: string, report: Report): Iterable<Line> {
  let number = 0;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    number++;
    const line = number;
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const indent = raw.length - raw.trimStart().length;
    const place = (from: number, to: number): Source => ({
      file,
      line,
      column: indent + from + 1,
      length: Math.max(1, to - from),
    });
    if (raw.length > MAX_LINE) {
      const message = `Cannot read ${quote(file)}: a line is longer than ${MAX_LINE} characters`;
      report(errorAt(place(0, 1), "too-large", message));
    } else yield { text: trimmed, place };
  }
}

/** Two values for one key in one place: nobody means that. */
export function duplicateKey(key: string, entry: Entry, first: Entry): Diagnostic {
  const message = `Cannot use key ${quote(key)} twice: it stands at ${placeOf(first.keySource)} ` +
    "already";
  return errorAt(entry.keySource, "duplicate-key", message);
}
