/** docs/lints.md is made from the lints. HOLDFAST_UPDATE=1 writes it. */
import { assertEquals } from "@std/assert";
import { LINTS } from "../../src/lints/mod.ts";
import { lintsPage } from "../../src/lints/page.ts";

const PAGE = new URL("../../docs/lints.md", import.meta.url);

Deno.test("docs/lints.md shows every lint with the examples that are tried", async () => {
  const wanted = lintsPage(LINTS);
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(PAGE, wanted);
  assertEquals(await Deno.readTextFile(PAGE), wanted, "HOLDFAST_UPDATE=1 writes it anew");
});
