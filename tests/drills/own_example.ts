/**
 * The drill of one's own that docs/drills.md shows.
 * @module
 */
import { assert, assertMatch } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** Its name. */
export const OWN_DRILL = "standby-stopped";

/** The example as a file that stands anywhere: it imports this copy of Holdfast. */
export async function ownExample(): Promise<string> {
  const page = await Deno.readTextFile(new URL("docs/drills.md", ROOT));
  const [, text] = /```ts\n(\/\/ standby_stopped\.ts\n[\s\S]*?)```/.exec(page) ?? [];
  assert(text !== undefined, "docs/drills.md shows no drill");
  assertMatch(text, /from "\.\/mod\.ts"/);
  return text.replace('"./mod.ts"', JSON.stringify(new URL("mod.ts", ROOT).href));
}
