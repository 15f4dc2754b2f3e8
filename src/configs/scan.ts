/**
 * Where the lines of a text begin, to tell the place of any piece of it. Pure.
 * @module
 */
import type { Source } from "../model.ts";

/** Gives the place of a piece of the text by its offsets. */
export type PlaceOf = (from: number, to: number) => Source;

/** Prepares the places of a text. Lines end with a line feed; columns count characters from 1. */
export function placesIn(file: string, text: string): PlaceOf {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (from, to) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= from) low = middle;
      else high = middle - 1;
    }
    return {
      file,
      line: low + 1,
      column: from - starts[low]! + 1,
      length: Math.max(1, to - from),
    };
  };
}
