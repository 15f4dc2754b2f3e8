import type { Source } from "../../model.ts";
import type { Located } from "../yaml/located.ts";
import { literal } from "./literal.ts";

/**
 * A value of an INI inventory: a Python literal where it is one, else the text. The source is the
 * place of what was typed; `typed` says what that was where it is not the text itself.
 */
export function valueAt(text: string, source: Source, typed = text): Located {
  // Inside quotes columns go on by one; where more than that differs, the whole value is the place.
  const shift = typed === text ? 0 : /^["']/.test(typed) && typed.slice(1, -1) === text ? 1 : -1;
  const place = (from: number, to: number): Source =>
    shift < 0 ? { ...source } : {
      ...source,
      column: source.column + shift + from,
      length: Math.max(1, to - from),
    };
  const read = literal(text, place);
  if (!read) return { kind: "scalar", source, value: text, text };
  // The place of all is what was typed, quotes included.
  return { ...read, source };
}
