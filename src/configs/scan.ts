/**
 * Where the lines of a text begin, to tell the place of any piece of it. Pure.
 * @module
 */
import type { Source } from "../model.ts";

/** Gives the place of a piece of the text by its offsets. */
export type PlaceOf = (from: number, to: number) => Source;

/** Prepares the places of a text. Lines end with a line feed; columns count characters from 1. */
export function placesIn(file: string, text: string): PlaceOf {
  let starts: readonly number[] | undefined;
  // Pieces come mostly in their order: the line of the last one, and the next, are asked first.
  let last = 0;
  return (from, to) => {
    starts ??= startsOf(text);
    const next = starts[last + 1] ?? Infinity;
    if (from >= next && from < (starts[last + 2] ?? Infinity)) last++;
    else if (from >= next || from < starts[last]!) last = lineAt(starts, from);
    return {
      file,
      line: last + 1,
      column: from - starts[last]! + 1,
      length: Math.max(1, to - from),
    };
  };
}

function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

/** Index of the last line that begins at the offset or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
