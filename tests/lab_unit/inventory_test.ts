import { assertEquals } from "@std/assert";
import { parse } from "yaml";
import { inventoryText } from "../../src/lab/inventory.ts";
import { defaultName, defaultStateRoot, layout } from "../../src/lab/layout.ts";

Deno.test("inventories/lab.yaml says what the default lab writes about itself", async () => {
  const lab = layout({
    name: defaultName,
    suite: "bookworm",
    net: 0,
    hosts: 2,
    stateRoot: defaultStateRoot,
  });
  const file = new URL("../../inventories/lab.yaml", import.meta.url);
  assertEquals(parse(await Deno.readTextFile(file)), parse(inventoryText(lab)));
});
