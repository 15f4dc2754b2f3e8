import type { Source } from "../../model.ts";
import { fromPlain, type Located } from "../yaml/located.ts";
import { literal } from "./literal.ts";

/** A value of an INI inventory: a Python literal where it is one, else the text. */
export function valueAt(text: string, source: Source): Located {
  const read = literal(text);
  const node = fromPlain(read ? read.value : text, source);
  // Messages show a number as it was typed.
  return node.kind === "scalar" ? { ...node, text: read ? text : String(node.value) } : node;
}
