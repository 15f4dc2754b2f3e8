/**
 * ok/ holds inventories that load without a word; err/ holds inventories with the exact text of
 * what is wrong with them. Run with HOLDFAST_UPDATE=1 to write that text anew, then read the diff.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { loadInventory } from "../../src/inventory/load.ts";
import { diskFiles, type Files } from "../../src/inventory/read.ts";
import { secrets, shown } from "./helpers.ts";

const here = fromFileUrl(new URL(".", import.meta.url));
const INVENTORY = /\.(yaml|ini|json)$/;
const update = Deno.env.get("HOLDFAST_UPDATE") === "1";

/** Paths in messages begin at the folder, wherever the tests are started. */
function below(folder: string): Files {
  return {
    read: (path) => diskFiles.read(`${here}${folder}/${path}`),
    list: (path) => diskFiles.list(`${here}${folder}/${path}`),
  };
}

async function filesIn(folder: string, inner = ""): Promise<string[]> {
  const found: string[] = [];
  for (const name of await diskFiles.list(`${here}${folder}/${inner}`)) {
    if (name.endsWith("/") && !name.endsWith("_vars/")) found.push(...await filesIn(folder, name));
    else if (INVENTORY.test(name)) found.push(inner + name);
  }
  return found;
}

for (const file of await filesIn("ok")) {
  Deno.test(`loadInventory() takes ok/${file} without a word`, async () => {
    const { warnings } = await loadInventory(file, { files: below("ok"), secrets });
    assertEquals(warnings, []);
  });
}

for (const file of await filesIn("err")) {
  Deno.test(`loadInventory() says what is wrong with err/${file}`, async () => {
    const text = await shown(loadInventory(file, { files: below("err"), secrets }));
    const out = `${here}err/${file.replace(INVENTORY, ".out")}`;
    if (update) await Deno.writeTextFile(out, `${text}\n`);
    assertEquals(`${text}\n`, await Deno.readTextFile(out));
    assert(text.length > 0, "it loaded");
  });
}

Deno.test("every .out file belongs to a case", async () => {
  const cases = new Set((await filesIn("err")).map((file) => file.replace(INVENTORY, ".out")));
  const outs = (await diskFiles.list(`${here}err`)).filter((name) => name.endsWith(".out"));
  assertEquals(outs.filter((out) => !cases.has(out)), []);
});
