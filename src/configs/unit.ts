/**
 * Settings of a systemd unit or a drop-in of one, with their places. Pure.
 * @module
 */
import type { Word } from "./model.ts";
import { placesIn } from "./scan.ts";

/**
 * The values of a setting in the order in which they stand; the last one counts. A value that goes
 * on behind a backslash is joined.
 *
 * @example
 * ```ts
 * import { settingsOf } from "./unit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const unit = { file: "holdfast.conf", text: "[Service]\nRestart = always\n" };
 * assertEquals(settingsOf(unit, "Service", "Restart").map(({ text }) => text), ["always"]);
 * ```
 */
export function settingsOf(
  { file, text }: { readonly file: string; readonly text: string },
  section: string,
  key: string,
): readonly Word[] {
  const place = placesIn(file, text);
  const found: Word[] = [];
  let inside = "";
  const line = /^[ \t]*(?:\[([^\]\n]*)\]|[#;].*|([A-Za-z0-9-]+)[ \t]*=[ \t]*((?:\\\r?\n|.)*))/gm;
  for (const { 1: head, 2: name, 3: value = "", 0: whole, index } of text.matchAll(line)) {
    if (head !== undefined) inside = head;
    if (name !== key || inside !== section) continue;
    const written = value.trimEnd();
    const from = index + whole.length - value.length;
    found.push({
      text: written.replace(/\\\r?\n[ \t]*/g, " "),
      source: place(from, from + written.length),
    });
  }
  return found;
}
