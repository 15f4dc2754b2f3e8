import { assertEquals, assertRejects } from "@std/assert";
import { loadPlay } from "../../src/commands/play.ts";
import { InputError } from "../../src/errors.ts";
import { templates } from "../../src/templates.ts";
import { withTempDir } from "../helpers.ts";

const none = templates(new Map());
const play =
  `{ name: "mine", packages: [], tasks: () => [], handlers: () => [], checks: () => [] }`;

Deno.test("loadPlay() gives the built-in play without a file", async () => {
  assertEquals((await loadPlay(undefined, none)).name, "highly available endpoint");
});

Deno.test("loadPlay() takes a play, or a function that makes one", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.ts`, `export default ${play};`);
    await Deno.writeTextFile(`${dir}/b.ts`, `export default () => (${play});`);
    assertEquals((await loadPlay(`${dir}/a.ts`, none)).name, "mine");
    assertEquals((await loadPlay(`${dir}/b.ts`, none)).name, "mine");
  }));

Deno.test("loadPlay() says what is wrong with a file", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/c.ts`, "export default 3;");
    await Deno.writeTextFile(`${dir}/d.ts`, "export default {;");
    await assertRejects(() => loadPlay(`${dir}/c.ts`, none), InputError, "is no play");
    await assertRejects(() => loadPlay(`${dir}/d.ts`, none), InputError, `d.ts"`);
    await assertRejects(() => loadPlay(`${dir}/none.ts`, none), InputError, `none.ts"`);
  }));
